// The bytes of a JPEG -> its coefficients, block by block; jpeg_pixels.js makes pixels of them.
//
// Browsers have a decoder of their own, but it cannot be asked for fewer eighths, and each treats four inks in its own
// way; here the numbers must be those that the network was trained on. The method is that of ITU-T T.81 (1992), whose
// figures the comments name. Arithmetic coding, 12 bits and lossless frames are left to others: they get a sentence.
"use strict";

const JpegReading = (() => {
  const LARGEST = 178956970; // pixels: what Python refuses, too

  // Places of an 8 × 8 block in the order in which they are coded (figure A.6): along diagonals, to and fro.
  const ORDER = [];
  for (let sum = 0; sum < 15; sum++) {
    for (let one = 0; one <= sum; one++) {
      const [row, column] = sum % 2 ? [one, sum - one] : [sum - one, one];
      if (row < 8 && column < 8) ORDER.push(8 * row + column);
    }
  }
  for (let more = 0; more < 16; more++) ORDER.push(63); // where damage leads past the end of a block

  class Damaged extends Error {}
  class Unknown extends Error {}

  // Reads everything but the last step: the frame, and the coefficients of all its blocks. `clean`: libjpeg would not
  // warn. `damaged`: some of the pixels cannot be right.
  function read(bytes) {
    const jpeg = {components: [], quantization: [], restart: 0, adobe: null, jfif: false, turn: 0};
    Object.assign(jpeg, {clean: true, damaged: false});
    const tables = {0: [], 1: []}; // of Huffman codes: for the means (DC) and for the rest (AC)
    const word = (at) => (bytes[at] << 8) | bytes[at + 1];
    let at = 2, scans = 0;
    if (bytes[at] !== 0xff) throw new Damaged("it does not begin as a picture");
    for (;;) {
      if (at >= bytes.length) throw new Damaged("it ends too early");
      if (bytes[at] !== 0xff) { jpeg.clean = false; at++; continue; }
      while (bytes[at] === 0xff) at++;
      const marker = bytes[at++];
      if (marker === 0xd9) break;
      if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;
      const end = at + word(at);
      if (end > bytes.length) throw new Damaged("it ends too early");
      const part = bytes.subarray(at + 2, end);
      if (marker === 0xda) {
        if (!jpeg.width) throw new Damaged("its pixels come before their description");
        at = readScan(bytes, end, part, jpeg, tables);
        scans++;
        continue;
      }
      if (marker === 0xdb) readQuantization(part, jpeg);
      else if (marker === 0xc4) readCodes(part, tables);
      else if (marker === 0xdd) jpeg.restart = word(at + 2);
      else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) readFrame(part, marker === 0xc2, jpeg);
      else if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc8) throw new Unknown("a rare kind of JPEG");
      else if (marker === 0xe0 && text(part, 0, 4) === "JFIF") jpeg.jfif = true;
      else if (marker === 0xee && text(part, 0, 5) === "Adobe") jpeg.adobe = part[11];
      else if (marker === 0xe1 && text(part, 0, 4) === "Exif") jpeg.turn ||= Exif.turn(part.subarray(6));
      else if (marker === 0xe1 && text(part, 0, 28) === "http://ns.adobe.com/xap/1.0/") jpeg.xmp = Exif.turnByXmp(part);
      at = end;
    }
    if (!scans) throw new Damaged("it holds no pixels");
    jpeg.turn ||= jpeg.xmp || 1;
    return jpeg;
  }

  function text(bytes, from, to) {
    return String.fromCharCode(...bytes.subarray(from, to));
  }

  function readQuantization(part, jpeg) {
    for (let at = 0; at < part.length;) {
      const wide = part[at] >> 4, steps = new Float64Array(64);
      const place = part[at++] & 15;
      for (const where of ORDER.slice(0, 64)) {
        steps[where] = wide ? (part[at] << 8) | part[at + 1] : part[at];
        at += wide ? 2 : 1;
      }
      jpeg.quantization[place] = steps;
    }
  }

  // Codes as one table: the next 16 bits -> length of the code << 8 | what it stands for; 0 where there is none.
  function readCodes(part, tables) {
    for (let at = 0; at < part.length;) {
      const kind = part[at] >> 4, place = part[at] & 15, table = new Uint16Array(65536);
      let value = at + 17, next = 0;
      for (let length = 1; length <= 16; length++) {
        const share = 1 << (16 - length);
        for (let count = part[at + length]; count; count--, next += share) {
          table.fill((length << 8) | part[value++], next, next + share);
        }
      }
      if (next > 65536 || !(kind in tables)) throw new Damaged("its codes contradict each other");
      tables[kind][place] = table;
      at = value;
    }
  }

  function readFrame(part, progressive, jpeg) {
    if (part[0] !== 8) throw new Unknown("a JPEG of more than 8 bits");
    jpeg.progressive = progressive;
    jpeg.height = (part[1] << 8) | part[2];
    jpeg.width = (part[3] << 8) | part[4];
    if (!jpeg.width || !jpeg.height) throw new Unknown("a JPEG that does not say its size");
    if (jpeg.width * jpeg.height > LARGEST) throw new Unknown("too large");
    for (let at = 6; at < 6 + 3 * part[5]; at += 3) {
      jpeg.components.push({name: part[at], across: part[at + 1] >> 4, down: part[at + 1] & 15, steps: part[at + 2]});
    }
    if (![1, 3, 4].includes(jpeg.components.length)) throw new Unknown("a rare number of colours");
    jpeg.across = Math.max(...jpeg.components.map((one) => one.across));
    jpeg.down = Math.max(...jpeg.components.map((one) => one.down));
    jpeg.unitsAcross = Math.ceil(jpeg.width / (8 * jpeg.across));
    jpeg.unitsDown = Math.ceil(jpeg.height / (8 * jpeg.down));
    for (const one of jpeg.components) {
      one.blocksAcross = jpeg.unitsAcross * one.across;
      one.blocksDown = jpeg.unitsDown * one.down;
      one.coefficients = new Int16Array(64 * one.blocksAcross * one.blocksDown);
    }
  }

  // Bits out of bytes, where 255 is followed by a 0 that does not count. Damage is treated as libjpeg does: an unknown
  // code stands for 0; where a mark comes too early, zeros follow, and blocks that nothing is left for stay grey.
  class Bits {
    constructor(bytes, at) {
      Object.assign(this, {bytes, at, held: 0, count: 0, invented: 0, unknown: false, short: false});
    }
    fill() {
      while (this.count <= 16) {
        let byte = 0;
        if (this.at >= this.bytes.length || (this.bytes[this.at] === 255 && this.bytes[this.at + 1] !== 0)) {
          this.invented += 8;
        } else {
          byte = this.bytes[this.at];
          this.at += byte === 255 ? 2 : 1;
        }
        this.held = ((this.held << 8) | byte) & 0xffffff;
        this.count += 8;
      }
    }
    take(many) {
      if (!many) return 0;
      this.fill();
      this.count -= many;
      return (this.held >> this.count) & ((1 << many) - 1);
    }
    code(table) {
      if (!table) throw new Damaged("a table of it is missing");
      this.fill();
      const found = table[(this.held >> (this.count - 16)) & 0xffff];
      this.count -= found ? found >> 8 : 17;
      if (!found) this.unknown = true;
      return found & 255;
    }
    number(many) { // of `many` bits, where a first bit of 0 means below zero (figure F.12)
      const taken = this.take(many);
      return many && taken < 1 << (many - 1) ? taken - (1 << many) + 1 : taken;
    }
    restart() {
      this.held = this.count = this.invented = 0;
      const bytes = this.bytes;
      while (bytes[this.at] === 255 && bytes[this.at + 1] === 255) this.at++;
      if (bytes[this.at] !== 255 || bytes[this.at + 1] < 0xd0 || bytes[this.at + 1] > 0xd7) {
        throw new Damaged("a part of it is missing");
      }
      this.at += 2;
    }
    isUsedUp() {
      if (this.count >= this.invented) return false;
      this.short = true;
      return true;
    }
  }

  function readScan(bytes, at, part, jpeg, tables) {
    const members = [];
    for (let one = 0; one < part[0]; one++) {
      const component = jpeg.components.find((other) => other.name === part[1 + 2 * one]);
      if (!component) throw new Damaged("a colour of it is not described");
      component.mean = tables[0][part[2 + 2 * one] >> 4];
      component.rest = tables[1][part[2 + 2 * one] & 15];
      component.table = component.table || jpeg.quantization[component.steps];
      component.last = 0;
      members.push(component);
    }
    const [from, to, bit] = part.subarray(1 + 2 * part[0]);
    const scan = {from, to, high: bit >> 4, low: bit & 15, bits: new Bits(bytes, at), run: 0};
    const readBlock = !jpeg.progressive ? wholeBlock
      : from === 0 ? (scan.high ? meanAgain : meanFirst) : scan.high ? restAgain : restFirst;
    let todo = jpeg.restart;
    const next = () => {
      if (jpeg.restart && !todo--) {
        scan.bits.restart();
        for (const one of members) one.last = 0;
        scan.run = 0;
        todo = jpeg.restart - 1;
      }
    };
    if (members.length === 1) { // block by block, without those that only fill up the last unit
      const [one] = members;
      const across = Math.ceil(Math.ceil((jpeg.width * one.across) / jpeg.across) / 8);
      const down = Math.ceil(Math.ceil((jpeg.height * one.down) / jpeg.down) / 8);
      for (let row = 0; row < down; row++) {
        for (let column = 0; column < across; column++) {
          next();
          if (!scan.bits.isUsedUp()) readBlock(scan, one, 64 * (row * one.blocksAcross + column));
        }
      }
    } else {
      for (let row = 0; row < jpeg.unitsDown; row++) {
        for (let column = 0; column < jpeg.unitsAcross; column++) {
          next();
          if (scan.bits.isUsedUp()) continue;
          for (const one of members) {
            for (let y = row * one.down; y < (row + 1) * one.down; y++) {
              for (let x = column * one.across; x < (column + 1) * one.across; x++) {
                readBlock(scan, one, 64 * (y * one.blocksAcross + x));
              }
            }
          }
        }
      }
    }
    scan.bits.isUsedUp();
    const {unknown, short} = scan.bits;
    if (unknown || short) jpeg.damaged = true;
    if (short || (unknown && jpeg.progressive)) jpeg.clean = false; // libjpeg does not mind unknown codes in others
    return scan.bits.at;
  }

  // The five ways of coding a block: all at once (F.2.2), or first and again for the mean and for the rest (G.1.2).
  function wholeBlock({bits}, one, place) {
    one.last += bits.number(bits.code(one.mean));
    one.coefficients[place] = one.last;
    for (let at = 1; at < 64; at++) {
      const code = bits.code(one.rest), size = code & 15;
      at += code >> 4;
      if (size) one.coefficients[place + ORDER[at]] = bits.number(size);
      else if (code !== 0xf0) break;
    }
  }

  function meanFirst({bits, low}, one, place) {
    one.last += bits.number(bits.code(one.mean));
    one.coefficients[place] = one.last << low;
  }

  function meanAgain({bits, low}, one, place) {
    if (bits.take(1)) one.coefficients[place] |= 1 << low;
  }

  function restFirst(scan, one, place) {
    const {bits, from, to, low} = scan;
    if (scan.run) { scan.run--; return; }
    for (let at = from; at <= to; at++) {
      const code = bits.code(one.rest), zeros = code >> 4, size = code & 15;
      if (!size && zeros < 15) {
        scan.run = (1 << zeros) - 1 + bits.take(zeros);
        return;
      }
      at += zeros;
      if (size) one.coefficients[place + ORDER[at]] = bits.number(size) << low;
    }
  }

  function restAgain(scan, one, place) {
    const {bits, from, to, low} = scan, coefficients = one.coefficients, step = 1 << low;
    const refine = (where) => {
      if (bits.take(1) && !(coefficients[where] & step)) coefficients[where] += coefficients[where] < 0 ? -step : step;
    };
    let at = from;
    if (!scan.run) {
      for (; at <= to; at++) {
        const code = bits.code(one.rest), size = code & 15;
        let zeros = code >> 4, value = 0;
        if (size) value = bits.take(1) ? step : -step;
        else if (zeros < 15) {
          scan.run = (1 << zeros) + bits.take(zeros);
          break;
        }
        for (; at <= to; at++) {
          const where = place + ORDER[at];
          if (coefficients[where]) refine(where);
          else if (!zeros--) { coefficients[where] = value; break; }
        }
      }
    }
    if (scan.run) {
      for (; at <= to; at++) if (coefficients[place + ORDER[at]]) refine(place + ORDER[at]);
      scan.run--;
    }
  }

  return {read, Damaged, Unknown};
})();
