/* Where the crosses of values that are not finite stand, which of their words, and the names of lines that end among them. */

const PAD = 6; // px: half a cross and its stroke, so that the frame cuts none
const BESIDE = 9; // px between the middle of a cross and its word
const LINE = 13; // px that a word is high
const NAME = 6; // px between the end of a line and its name
const SHIFTS = [0, -14, 14, -28, 28, -42, 42]; // of a name, px up, the first that is free and inside the frame

const within = (value, low, high) => Math.max(low, Math.min(high, value));
const meet = (a, b) => a.left < b.right && b.left < a.right && Math.abs(a.at - b.at) < LINE;

/** Marks [{x, y | null, text}] in a frame of {width, height} px that spans `steps` [from, to] and whose `scale` says where a value
    stands on the y axis (0-1) and back. `y` null stands on the floor. -> [{…, x, y, text, dx}]: inside the frame; the word is right of
    the cross, left of it (`dx` < 0) where the frame ends, and gone where it would cover another. `box` is where it stands, `widthOf` px of
    a text. */
export function placedMarks(marks, { width, height, steps: [from, to], scale }, widthOf) {
  const [padX, padY] = [PAD / width, PAD / height];
  const words = [];
  return marks.map((mark) => {
    const across = within((mark.x - from) / (to - from), padX, 1 - padX);
    const up = within(mark.y === null ? 0 : scale.to(mark.y), padY, 1 - padY);
    const wide = mark.text ? widthOf(mark.text) : 0;
    const dx = across * width + BESIDE + wide > width ? -BESIDE - wide : BESIDE;
    const word = { left: across * width + dx, right: across * width + dx + wide, at: up * height };
    const fits = mark.text && !words.some((other) => meet(word, other));
    if (fits) words.push(word);
    return { ...mark, x: from + across * (to - from), y: scale.from(up), text: fits ? mark.text : "", dx, box: fits ? word : null };
  });
}

/** Names [{x, y, text}] of lines that end inside such a frame -> [{…, dy}], moved up or down where a word or a name stands already. */
export function clearOf(names, marks, { width, height, steps: [from, to], scale }, widthOf) {
  const taken = marks.map(({ box }) => box).filter(Boolean);
  return names.map((name) => {
    const left = ((name.x - from) / (to - from)) * width + NAME;
    const boxes = SHIFTS.map((dy) => ({ left, right: left + widthOf(name.text), at: scale.to(name.y) * height + dy, dy }));
    const box = boxes.find((one) => one.at >= 0 && one.at <= height && !taken.some((other) => meet(one, other))) ?? boxes[0];
    taken.push(box);
    return { ...name, dy: box.dy };
  });
}
