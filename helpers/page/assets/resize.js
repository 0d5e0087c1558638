// A picture {width, height, pixels} of 3 bytes a pixel -> the same at another size, to the last bit as Python makes it.
//
// Python has two ways: `byTriangle` is Pillow's "bilinear", which looks at every pixel and rounds after each direction;
// `byBlur` is OpenCV's: a blur first, then each pixel out of the four around it, both in whole numbers.
"use strict";

const Resize = (() => {
  const plain = (many) => ({pixels: new Uint8ClampedArray(many)});

  // Which direction comes first shows in the rounding: down, where that takes away more than twice as much (Pillow 13).
  function byTriangle(picture, width, height) {
    const less = picture.height - height;
    if (less > 0 && less > 2 * (picture.width - width)) return across(down(picture, height), width);
    return down(across(picture, width), height);
  }

  // For each place of the new line: where its first old place is, and what each counts, in parts of 2 ** 22.
  function shares(from, to) {
    const step = from / to, reach = Math.max(step, 1), ONE = 2 ** 22;
    return Array.from({length: to}, (_, place) => {
      const middle = (place + 0.5) * step;
      const first = Math.max(Math.trunc(middle - reach + 0.5), 0);
      const end = Math.min(Math.trunc(middle + reach + 0.5), from);
      const counts = [];
      for (let at = first; at < end; at++) counts.push(Math.max(0, 1 - Math.abs((at - middle + 0.5) / reach)));
      const sum = counts.reduce((total, one) => total + one, 0);
      return {first, counts: counts.map((one) => Math.trunc((one / sum) * ONE + 0.5))};
    });
  }

  function across({width, height, pixels}, wanted) {
    if (width === wanted) return {width, height, pixels};
    const made = {...plain(3 * wanted * height), width: wanted, height};
    shares(width, wanted).forEach(({first, counts}, x) => {
      for (let y = 0; y < height; y++) {
        for (let colour = 0; colour < 3; colour++) {
          let sum = 2 ** 21, at = 3 * (y * width + first) + colour;
          for (const count of counts) {
            sum += count * pixels[at];
            at += 3;
          }
          made.pixels[3 * (y * wanted + x) + colour] = Math.floor(sum / 2 ** 22);
        }
      }
    });
    return made;
  }

  function down({width, height, pixels}, wanted) {
    if (height === wanted) return {width, height, pixels};
    const made = {...plain(3 * width * wanted), width, height: wanted}, line = 3 * width;
    shares(height, wanted).forEach(({first, counts}, y) => {
      for (let x = 0; x < line; x++) {
        let sum = 2 ** 21, at = first * line + x;
        for (const count of counts) {
          sum += count * pixels[at];
          at += line;
        }
        made.pixels[y * line + x] = Math.floor(sum / 2 ** 22);
      }
    });
    return made;
  }

  // whole: {width, height} of the picture before it was decoded at so many eighths. null where Python gives up, too.
  function byBlur(picture, whole, width, height) {
    const eighths = Math.round(
      (8 * Math.max(picture.width, picture.height)) / Math.max(whole.width, whole.height));
    const stepX = (whole.width * eighths) / 8 / width, stepY = (whole.height * eighths) / 8 / height;
    if (Math.round(picture.width / stepX) < width || Math.round(picture.height / stepY) < height) return null;
    const softX = soften(stepX, eighths), softY = soften(stepY, eighths);
    const ready = Math.max(softX, softY) > 0.2 ? blurred(picture, bell(softX), bell(softY)) : picture;
    const isAsLarge = Math.round(picture.width / stepX) === picture.width &&
      Math.round(picture.height / stepY) === picture.height; // OpenCV then copies, and samples nothing
    return isAsLarge ? fromFour(ready, width, height, 1, 1) : fromFour(ready, width, height, stepX, stepY);
  }

  // The standard deviation of the blur that is still wanting; see `_soften` in decoding.py.
  function soften(step, eighths) {
    return Math.sqrt(Math.max(0, (step * step - 1) / 6 - (1 - (eighths / 8) ** 2) / 12));
  }

  // A bell curve in parts of 256, which add up: what rounding leaves over goes on to the next, the last to the middle.
  function bell(deviation) {
    const half = Math.ceil(1.5 * deviation), spread = Math.max(deviation, 0.1), heights = [];
    for (let at = -half; at <= half; at++) heights.push(Math.exp((-at * at) / (2 * spread * spread)));
    const sum = heights.reduce((total, one) => total + one, 0), parts = new Int32Array(heights.length);
    let left = 0, rest = 256;
    for (let at = 0; at < half; at++) {
      const exact = (heights[at] / sum) * 256 + left;
      parts[at] = parts[2 * half - at] = Math.round(exact);
      left = exact - parts[at];
      rest -= 2 * parts[at];
    }
    parts[half] = rest;
    return parts;
  }

  function blurred({width, height, pixels}, bellX, bellY) {
    const line = 3 * width, rows = new Uint16Array(line * height), made = {...plain(line * height), width, height};
    const inside = (place, size) => Math.min(Math.max(place, 0), size - 1);
    const halfX = bellX.length >> 1, halfY = bellY.length >> 1;
    for (let x = 0; x < width; x++) {
      const from = Array.from(bellX, (_, at) => 3 * inside(x + at - halfX, width));
      for (let at = 3 * x, start = 0; start < line * height; start += line, at += line) {
        for (let colour = 0; colour < 3; colour++) {
          let sum = 0;
          for (let one = 0; one < from.length; one++) sum += bellX[one] * pixels[start + from[one] + colour];
          rows[at + colour] = sum;
        }
      }
    }
    for (let y = 0; y < height; y++) {
      const from = Array.from(bellY, (_, at) => line * inside(y + at - halfY, height));
      for (let x = 0; x < line; x++) {
        let sum = 32768;
        for (let one = 0; one < from.length; one++) sum += bellY[one] * rows[from[one] + x];
        made.pixels[y * line + x] = sum >>> 16;
      }
    }
    return made;
  }

  // For each new place: the two old ones around it, and what each counts, in parts of 2048. Where a picture ends, its
  // last pixel stands for both; `alone`: the first counts for all, which is rounded in another way.
  function pairs(from, to, step, alone) {
    return Array.from({length: to}, (_, place) => {
      const middle = Math.fround((place + 0.5) * step - 0.5), before = Math.floor(middle);
      const [first, second] = [before, before + 1].map((one) => Math.min(Math.max(one, 0), from - 1));
      const part = alone && first === second ? 0 : Math.fround(middle - before);
      return {first, second, counts: [even(Math.fround(1 - part) * 2048), even(part * 2048)]};
    });
  }

  // The nearest whole number; of two, the even one.
  function even(value) {
    const near = Math.round(value);
    return near - value === 0.5 && near % 2 ? near - 1 : near;
  }

  function fromFour({width, height, pixels}, wantedX, wantedY, stepX, stepY) {
    const columns = pairs(width, wantedX, stepX, true);
    const made = {...plain(3 * wantedX * wantedY), width: wantedX, height: wantedY};
    pairs(height, wantedY, stepY, false).forEach((row, y) => {
      columns.forEach((column, x) => {
        for (let colour = 0; colour < 3; colour++) {
          const line = (number) => {
            const at = 3 * number * width + colour, {first, second, counts} = column;
            return (pixels[at + 3 * first] * counts[0] + pixels[at + 3 * second] * counts[1]) >> 4;
          };
          const above = (row.counts[0] * line(row.first)) >> 16, below = (row.counts[1] * line(row.second)) >> 16;
          made.pixels[3 * (y * wantedX + x) + colour] = (above + below + 2) >> 2;
        }
      });
    });
    return made;
  }

  return {byTriangle, byBlur};
})();
