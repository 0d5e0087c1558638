// A photo's file -> what the network sees: {width, height, pixels}, red, green and blue in 0..255, the same numbers as
// `pipeline.decode` makes of it. A file that cannot be read raises an Error whose message is for people.
"use strict";

const Photo = (() => {
  async function read(file, width, height) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (!bytes.length) throw new Error("it is empty");
    if (bytes[0] === 0xff && bytes[1] === 0xd8) {
      try {
        return readJpeg(bytes, width, height);
      } catch (error) {
        const known = error instanceof JpegReading.Damaged || error instanceof JpegReading.Unknown;
        throw known ? error : new Error("it is damaged");
      }
    }
    return Resize.byTriangle(await byBrowser(bytes, file.type), width, height);
  }

  // As Python does it: at the fewest eighths that cover the size, then a blur. Turned or slightly damaged ones go
  // through Pillow there, which decodes at least twice as large, and at a half, a quarter or an eighth only.
  function readJpeg(bytes, width, height) {
    const jpeg = JpegReading.read(bytes);
    if (jpeg.turn === 1 && jpeg.clean) {
      const part = (all, eighths) => Math.ceil((all * eighths) / 8);
      const covers = (all, wanted, eighths) => part(all, eighths) >= Math.min(all, wanted);
      const alike = (all, eighths) => part(all, eighths + 1) === part(all, eighths);
      let eighths = 1;
      while (!covers(jpeg.width, width, eighths) || !covers(jpeg.height, height, eighths)) eighths++;
      while (eighths < 8 && alike(jpeg.width, eighths) && alike(jpeg.height, eighths)) eighths++; // of tiny ones
      const made = Resize.byBlur(JpegPixels.pixels(jpeg, eighths, inkOnce), jpeg, width, height);
      if (made) return {...made, damaged: jpeg.damaged};
    }
    const long = 2 * Math.max(width, height);
    const scale = Math.min(Math.floor(jpeg.width / long), Math.floor(jpeg.height / long));
    const made = JpegPixels.pixels(jpeg, 8 / ([8, 4, 2].find((one) => scale >= one) || 1), inkTwice);
    return {...Resize.byTriangle(Exif.upright(made, jpeg.turn), width, height), damaged: jpeg.damaged};
  }

  // Four inks, as simplejpeg and as Pillow mix them: they round in different ways.
  function inkOnce(ink, black) {
    return ((ink + 1) * black + 255) >> 8;
  }

  function inkTwice(ink, black) {
    const product = ink * black + 128;
    return ((product >> 8) + product) >> 8;
  }

  // Everything else by the browser's own decoder: no profile of colours, on white where it is transparent. It turns
  // pictures upright by their notes, but not every browser those in WebP, so of these none gets to see the note.
  async function byBrowser(bytes, type) {
    const turn = hiddenTurn(bytes);
    let bitmap;
    try {
      const plainly = {colorSpaceConversion: "none", premultiplyAlpha: "none"};
      bitmap = await createImageBitmap(new Blob([bytes], {type}), plainly);
    } catch {
      throw new Error("this browser cannot read it as a picture");
    }
    const {width, height} = bitmap;
    const sheet = Object.assign(document.createElement("canvas"), {width, height}).getContext("2d");
    sheet.fillStyle = "white";
    sheet.fillRect(0, 0, width, height);
    sheet.drawImage(bitmap, 0, 0);
    bitmap.close();
    const four = sheet.getImageData(0, 0, width, height).data, pixels = new Uint8ClampedArray(3 * width * height);
    if (four[3] !== 255) // not even the white came onto it: browsers are silent where a sheet is larger than they allow
      throw new Error("it has more pixels than this browser can hold");
    for (let from = 0, to = 0; from < four.length; from++) if (from % 4 < 3) pixels[to++] = four[from];
    const isDeep = bytes[0] === 0x89 && bytes[24] === 16; // a PNG of 16 bits: Python knows it where only 12 are used
    if (isDeep && pixels.every((value) => value < 16))
      throw new Error("it fills 12 of its 16 bits at most, of which a browser shows next to nothing");
    return Exif.upright({width, height, pixels}, turn);
  }

  // The turn that a WebP notes, 1 if none. Its part called EXIF gets a name that nobody knows.
  function hiddenTurn(bytes) {
    const name = (at) => String.fromCharCode(...bytes.subarray(at, at + 4));
    if (name(0) !== "RIFF" || name(8) !== "WEBP") return 1;
    const view = new DataView(bytes.buffer);
    for (let at = 12; at + 8 <= bytes.length;) {
      const long = view.getUint32(at + 4, true);
      if (name(at) === "EXIF") {
        bytes.set([0x4e, 0x4f, 0x4e, 0x45], at); // NONE
        return Exif.turn(bytes.subarray(at + (name(at + 8) === "Exif" ? 14 : 8), at + 8 + long));
      }
      at += 8 + long + (long % 2);
    }
    return 1;
  }

  return {read, readJpeg};
})();
