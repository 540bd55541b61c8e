import { inPieces, PIECE_CHARACTERS } from '../../src/http/answer-body';

test('a text is encoded in pieces that leave characters whole, and others have a turn in between', async () => {
  const text = `${'ä'.repeat(PIECE_CHARACTERS - 1)}${'🛒'.repeat(PIECE_CHARACTERS)}end`;
  let turns = 0;
  let running = true;
  const count = (): void => {
    turns += 1;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  const pieces: Buffer[] = [];
  for await (const piece of inPieces(text)) pieces.push(piece);
  running = false;
  expect(Buffer.concat(pieces).equals(Buffer.from(text))).toBe(true);
  expect(pieces.length).toBe(4);
  expect(turns).toBeGreaterThanOrEqual(pieces.length - 1);
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(4 * PIECE_CHARACTERS);
});

test('a text of one piece, and none at all', async () => {
  const collected = async (text: string) => {
    const pieces: string[] = [];
    for await (const piece of inPieces(text)) pieces.push(piece.toString());
    return pieces;
  };
  expect(await collected('x')).toEqual(['x']);
  expect(await collected('')).toEqual([]);
});
