// The note of a camera: how a picture has to be turned to stand upright.
"use strict";

const Exif = (() => {
  const TURN = 0x0112;

  // A note (TIFF) -> 1 to 8; 1 is upright, and stands for notes that cannot be read, too. 0 where it tells no turn.
  function turn(note) {
    if (note.length < 8) return 1;
    const view = new DataView(note.buffer, note.byteOffset, note.length), small = view.getUint16(0) === 0x4949;
    const table = view.getUint32(4, small);
    if (table + 2 > note.length) return 1;
    for (let entry = 0; entry < view.getUint16(table, small); entry++) {
      const at = table + 2 + 12 * entry;
      if (at + 12 > note.length) return 1;
      if (view.getUint16(at, small) === TURN) {
        const value = view.getUint16(at + 8, small);
        return value >= 2 && value <= 8 ? value : 1;
      }
    }
    return 0;
  }

  // The same of a note by XMP, which is asked where the other tells no turn.
  function turnByXmp(note) {
    const found = new TextDecoder("latin1").decode(note).match(/tiff:Orientation(="|>)([0-9])/);
    return found && found[2] >= 2 && found[2] <= 8 ? Number(found[2]) : 0;
  }

  // A picture as it lies in the file -> upright. 5 to 8 exchange rows and columns; the rest is mirrors.
  function upright(picture, turned) {
    if (turned <= 1) return picture;
    const {width, height, pixels} = picture, over = turned >= 5;
    const made = {pixels: new Uint8ClampedArray(pixels.length)};
    [made.width, made.height] = over ? [height, width] : [width, height];
    const mirrorX = [2, 3, 6, 7].includes(turned), mirrorY = [3, 4, 7, 8].includes(turned);
    for (let y = 0; y < made.height; y++) {
      for (let x = 0; x < made.width; x++) {
        const [column, row] = [mirrorX ? made.width - 1 - x : x, mirrorY ? made.height - 1 - y : y];
        const from = 3 * (over ? column * width + row : row * width + column), to = 3 * (y * made.width + x);
        for (let colour = 0; colour < 3; colour++) made.pixels[to + colour] = pixels[from + colour];
      }
    }
    return made;
  }

  return {turn, turnByXmp, upright};
})();
