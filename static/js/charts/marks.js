/* Where the crosses of values that are not finite stand, and which of their words. */

const PAD = 6; // px: half a cross and its stroke, so that the frame cuts none
const BESIDE = 9; // px between the middle of a cross and its word
const LINE = 14; // px that a word is high

const within = (value, low, high) => Math.max(low, Math.min(high, value));
const meet = (a, b) => a.left < b.right && b.left < a.right && Math.abs(a.at - b.at) < LINE;

/** Marks [{x, y | null, text}] in a frame of {width, height} px that spans `steps` [from, to] and whose `scale` says where a value
    stands on the y axis (0-1) and back. `y` null stands on the floor. -> [{…, x, y, text, dx}]: inside the frame; the word is right of
    the cross, left of it (`dx` < 0) where the frame ends, and gone where it would cover another. `widthOf`: px of a text. */
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
    return { ...mark, x: from + across * (to - from), y: scale.from(up), text: fits ? mark.text : "", dx };
  });
}
