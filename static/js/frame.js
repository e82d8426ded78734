/* Chart frame v1: one chart's runs as a JSON header and binary columns (docs/frame.md; written by tracking/queries/frame.py). */
const MAGIC = "LLF1";
const VIEWS = { "<f4": Float32Array, "<f8": Float64Array };

/** Bytes of frames, one after the other -> [{key, x, revision, matched, hidden, runs: [{uid, name, …, x: Float64Array,
    y: Float32Array | Float64Array, average?: {x, y}}]}]: the average of each run of a group where some are sampled, all on the same x.
    The arrays are views into `buffer`. Throws Error with a readable message when the bytes are not whole frames. */
export function decodeFrames(buffer) {
  const frames = [];
  let at = 0;
  do {
    const { frame, end } = decodeAt(buffer, at);
    frames.push(frame);
    at = end;
  } while (at < buffer.byteLength);
  return frames;
}

function decodeAt(buffer, at) {
  const bytes = new Uint8Array(buffer, at);
  if (bytes.length < 8 || new TextDecoder().decode(bytes.subarray(0, 4)) !== MAGIC) throw new Error("not a chart frame");
  const length = new DataView(buffer, at).getUint32(4, true);
  const start = at + 8 + length;
  if (start % 8 || start > buffer.byteLength) throw new Error("the chart frame is cut short");
  const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  let end = start;
  const column = ({ dtype, offset, length: count }) => {
    const View = VIEWS[dtype];
    if (!View) throw new Error(`the chart frame has a column of ${dtype}`);
    const last = start + offset + count * View.BYTES_PER_ELEMENT;
    if (last > buffer.byteLength) throw new Error("the chart frame is cut short");
    end = Math.max(end, Math.ceil(last / 8) * 8);
    return new View(buffer, start + offset, count);
  };
  const x = column(header.columns.x);
  const y = column(header.columns.y);
  const rows = ({ offset = 0, length: count = 0 }) => ({ x: x.subarray(offset, offset + count), y: y.subarray(offset, offset + count) });
  const cell = header.columns.cell && column(header.columns.cell);
  const mean = cell && column(header.columns.mean);
  const average = (place) => cell && { average: { x: cell, y: mean.subarray(place * cell.length, (place + 1) * cell.length) } };
  return { frame: { ...header, runs: header.runs.map((run, place) => ({ ...run, ...rows(run), ...average(place) })) }, end };
}
