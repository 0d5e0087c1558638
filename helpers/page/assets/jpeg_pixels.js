// The coefficients of a JPEG -> its pixels, at so many eighths of its size, the way libjpeg-turbo makes them.
"use strict";

const JpegPixels = (() => {
  const {Damaged, Unknown} = JpegReading;

  // How much each frequency of a line of eight gives to each pixel, in parts of 8192: what libjpeg's constants add up
  // to for these sizes, where it shares one factor among several. A line a pixel; the second half mirrors the first.
  const SHARED = {
    3: [[8192, 10033, 5793], [8192, 0, -11586]],
    5: [[8192, 11019, 9372, 6810, 3580], [8192, 6810, -3580, -11018, -9372], [8192, 0, -11584, 0, 11584]],
    6: [[8192, 11190, 10033, 8192, 5793, 2998], [8192, 8192, 0, -8192, -11586, -8192],
      [8192, 2998, -10033, -8192, 5793, 11190]],
    8: [[8192, 11363, 10703, 9633, 8192, 6437, 4433, 2260], [8192, 9633, 4433, -2259, -8192, -11362, -10704, -6436],
      [8192, 6437, -4433, -11362, -8192, 2261, 10704, 9633], [8192, 2260, -10703, -6436, 8192, 9633, -4433, -11363]],
    10: [[8192, 11443, 11019, 10322, 9373, 8192, 6810, 5260], [8192, 10323, 6810, 1812, -3580, -8192, -11018, -11442],
      [8192, 8192, 0, -8192, -11586, -8192, 0, 8192], [8192, 5260, -6810, -11442, -3580, 8192, 11018, 1812],
      [8192, 1812, -11019, -5260, 9373, 8192, -6810, -10322]],
    12: [[8192, 11487, 11190, 10703, 10033, 9192, 8192, 7053], [8192, 10703, 8192, 4433, 0, -4433, -8192, -10703],
      [8192, 9192, 2998, -4433, -10033, -11485, -8192, -1512],
      [8192, 7053, -2998, -10703, -10033, -1512, 8192, 11486], [8192, 4433, -8192, -10704, 0, 10704, 8192, -4433],
      [8192, 1513, -11190, -4433, 10033, 7053, -8192, -9191]],
    14: [[8192, 11513, 11295, 10935, 10438, 9810, 9058, 8192], [8192, 10935, 9058, 6164, 2578, -1297, -5026, -8192],
      [8192, 9810, 5027, -1297, -7223, -10934, -11295, -8192], [8192, 8192, 0, -8192, -11586, -8192, 0, 8192],
      [8192, 6164, -5027, -11512, -7223, 3826, 11295, 8192], [8192, 3826, -9058, -9809, 2578, 11512, 5026, -8192],
      [8192, 1297, -11295, -3826, 10438, 6164, -9058, -8192]],
  };

  // The same for any size, as size × 8. To a half, a quarter or an eighth, libjpeg takes the means of neighbours; to
  // other sizes, a cosine transform of that length.
  function frequencies(size) {
    const gives = new Float64Array(8 * size), finest = 8 % size ? size : 8, many = finest / size;
    for (let pixel = 0; pixel < size; pixel++) {
      for (let frequency = 0; frequency < Math.min(finest, 8); frequency++) {
        const near = Math.min(pixel, size - 1 - pixel), sign = near < pixel && frequency % 2 ? -1 : 1;
        const shared = SHARED[size] && sign * SHARED[size][near][frequency];
        let sum = 0;
        for (let fine = many * pixel; fine < many * (pixel + 1); fine++) {
          sum += frequency ? Math.SQRT2 * Math.cos(((2 * fine + 1) * frequency * Math.PI) / (2 * finest)) : 1;
        }
        gives[8 * pixel + frequency] = (shared ?? Math.round(8192 * sum) / many) / 8192;
      }
    }
    return gives;
  }

  // One component's blocks, each as size × size pixels: a plane of bytes, as wide as all its blocks.
  function plane(one, size) {
    const width = one.blocksAcross * size, gives = frequencies(size), {coefficients, table} = one;
    const values = new Uint8ClampedArray(width * one.blocksDown * size), half = new Float64Array(8 * size);
    if (!table) throw new Damaged("a table of it is missing");
    for (let block = 0; block < coefficients.length / 64; block++) {
      const left = (block % one.blocksAcross) * size, top = Math.floor(block / one.blocksAcross) * size;
      half.fill(0);
      let last = 0;
      for (let place = 0; place < 64; place++) {
        const value = coefficients[64 * block + place] * table[place];
        if (!value) continue;
        const row = place >> 3, column = place & 7;
        if (column > last) last = column;
        for (let y = 0; y < size; y++) half[8 * y + column] += gives[8 * y + row] * value;
      }
      for (let at = 0; at < half.length; at++) half[at] = Math.floor(4 * half[at] + 0.5); // as libjpeg rounds between
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          let sum = 0;
          for (let column = 0; column <= last; column++) sum += gives[8 * x + column] * half[8 * y + column];
          values[(top + y) * width + left + x] = 128 + Math.floor(sum / 32 + 0.5);
        }
      }
    }
    return {values, stride: width};
  }

  // A plane of fewer pixels, brought to the size of the picture. Twice as many come from a triangle over neighbours
  // ("fancy upsampling"), with rounding up and down in turn; else each pixel is repeated.
  function spread(from, width, height, across, down, smooth) {
    const rows = new Uint8Array(width * height);
    const {values, stride, columns, lines} = from;
    const fancy = smooth && ((across === 2 && down <= 2 && columns > 2) || (across === 1 && down === 2));
    if (!fancy) {
      for (let y = 0; y < height; y++) {
        const line = Math.floor(y / down) * stride;
        for (let x = 0; x < width; x++) rows[y * width + x] = values[line + Math.floor(x / across)];
      }
      return rows;
    }
    const sums = new Uint16Array(columns);
    for (let y = 0; y < height; y++) {
      const line = down === 2 ? y >> 1 : y;
      const other = down === 2 ? Math.min(Math.max(line + (y % 2 ? 1 : -1), 0), lines - 1) : line;
      for (let x = 0; x < columns; x++) {
        sums[x] = down === 2 ? 3 * values[line * stride + x] + values[other * stride + x] : values[line * stride + x];
      }
      for (let x = 0; x < width; x++) {
        let value;
        if (across === 1) value = (sums[x] + (y % 2 ? 2 : 1)) >> 2;
        else {
          const column = x >> 1, beside = Math.min(Math.max(column + (x % 2 ? 1 : -1), 0), columns - 1);
          const sum = 3 * sums[column] + sums[beside];
          value = down === 2 ? (sum + (x % 2 ? 7 : 8)) >> 4 : (sum + (x % 2 ? 2 : 1)) >> 2;
        }
        rows[y * width + x] = value;
      }
    }
    return rows;
  }

  // What `JpegReading.read` gave -> {width, height, pixels}: pixels hold 3 bytes each, red, green and blue.
  // inks: how four inks become three colours, (ink, black) -> colour; both count upward from dark.
  function pixels(jpeg, eighths, inks) {
    const width = Math.ceil((jpeg.width * eighths) / 8), height = Math.ceil((jpeg.height * eighths) / 8);
    const planes = jpeg.components.map((one) => {
      let size = eighths; // colours that were stored smaller are decoded larger, if that makes up for it
      const fits = (all, own) => (all * eighths) % (own * size * 2) === 0;
      while (size < 8 && fits(jpeg.across, one.across) && fits(jpeg.down, one.down)) size *= 2;
      const across = (jpeg.across * eighths) / (one.across * size), down = (jpeg.down * eighths) / (one.down * size);
      if (across % 1 || down % 1) throw new Unknown("a rare division of colours");
      const made = plane(one, size);
      made.columns = Math.ceil((jpeg.width * one.across * size) / (8 * jpeg.across));
      made.lines = Math.ceil((jpeg.height * one.down * size) / (8 * jpeg.down));
      return spread(made, width, height, across, down, eighths > 1);
    });
    return {width, height, pixels: colours(jpeg, planes, width * height, inks)};
  }

  function colours(jpeg, planes, many, inks) {
    const made = new Uint8ClampedArray(3 * many), [first, second, third, black] = planes;
    const names = String.fromCharCode(...jpeg.components.map((one) => one.name));
    const luminous = black ? jpeg.adobe === 2
      : third && (jpeg.jfif || (jpeg.adobe === null ? names !== "RGB" : jpeg.adobe !== 0));
    for (let at = 0; at < many; at++) {
      let red = first[at], green = red, blue = red;
      if (luminous) { // ITU-T T.871, in the fixed point of libjpeg
        const light = red, cb = second[at] - 128, cr = third[at] - 128;
        red = light + ((91881 * cr + 32768) >> 16);
        green = light + ((-22554 * cb - 46802 * cr + 32768) >> 16);
        blue = light + ((116130 * cb + 32768) >> 16);
      } else if (third) {
        green = second[at];
        blue = third[at];
      }
      if (black) {
        red = inks(luminous ? 255 - clamped(red) : red, black[at]);
        green = inks(luminous ? 255 - clamped(green) : green, black[at]);
        blue = inks(luminous ? 255 - clamped(blue) : blue, black[at]);
      }
      made[3 * at] = red;
      made[3 * at + 1] = green;
      made[3 * at + 2] = blue;
    }
    return made;
  }

  function clamped(value) {
    return Math.min(Math.max(value, 0), 255);
  }

  return {pixels};
})();
