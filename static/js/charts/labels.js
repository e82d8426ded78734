/* Names at the ends of lines, pushed apart so that none covers another. */

const FONT = "bold 11px Inter";
const HEIGHT = 14; // px that a label needs
const MOST = 0.34; // of the plot's width
let pen;

export function widthOf(text) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = FONT;
  return pen.measureText(text).width;
}

/** `text` cut to `width` px with an ellipsis. */
export function cut(text, width) {
  if (widthOf(text) <= width) return text;
  let end = text.length;
  while (end > 1 && widthOf(`${text.slice(0, end)}…`) > width) end--;
  return `${text.slice(0, end)}…`;
}

/** Positions as near to `wishes` as they can be while `gap` apart and inside [low, high]; same order of elements. */
export function spread(wishes, gap, low = -Infinity, high = Infinity) {
  const order = [...wishes.keys()].sort((a, b) => wishes[a] - wishes[b]);
  const blocks = [];
  for (const index of order) {
    blocks.push({ members: [index], middle: wishes[index] });
    while (blocks.length > 1) {
      const [below, above] = blocks.slice(-2);
      const need = ((below.members.length + above.members.length) / 2) * gap;
      if (above.middle - below.middle >= need) break;
      const members = [...below.members, ...above.members];
      const middle = members.reduce((sum, member, i) => sum + wishes[member] - (i - (members.length - 1) / 2) * gap, 0) / members.length;
      blocks.splice(-2, 2, { members, middle });
    }
  }
  const out = [];
  for (const { members, middle } of blocks) {
    const half = ((members.length - 1) / 2) * gap;
    const kept = Math.max(low + half, Math.min(high - half, middle));
    members.forEach((member, i) => { out[member] = kept + (i - (members.length - 1) / 2) * gap; });
  }
  return out;
}

/** Room on the right for the longest name, px. */
export function roomFor(ends, width) {
  return ends.length ? Math.min(Math.ceil(Math.max(...ends.map(({ name }) => widthOf(name)))) + 10, Math.round(width * MOST)) : 0;
}

/** Ends [{name, x, y, slot}] -> [{…, text, y}] in the order given; `scale` says where a value stands on the axis (0-1) and back. */
export function placed(ends, { room, height, scale, right }) {
  const late = ends.filter(({ x }) => x >= right.late);
  const at = spread(late.map(({ y }) => scale.to(y) * height), HEIGHT, HEIGHT / 2, height - HEIGHT / 2);
  return ends.map((end) => {
    const i = late.indexOf(end);
    const text = cut(end.name, room - 8);
    return i < 0 ? { ...end, text, early: true } : { ...end, text, x: right.edge, y: scale.from(at[i] / height) };
  });
}
