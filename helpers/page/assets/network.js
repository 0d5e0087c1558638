// The network, computed by LiteRT: {width, height, pixels} of the right size -> the probability of the second class.
"use strict";

const Network = (() => {
  const WITHIN = 1e-3; // so near to Python's answer the test must come out

  let lite, compiled, input;

  async function open() {
    lite = await ModuleFactory({wasmBinary: await unpacked(LITERT_BINARY), print() {}, printErr() {}});
    const file = new Uint8Array(await unpacked(MODEL.file)), place = lite._malloc(file.length);
    lite.HEAPU8.set(file, place); // and stays there: the network computes out of it
    const environment = lite.LiteRtEnvironment.create(null);
    const model = lite.loadModel(environment, place, file.length);
    const options = {accelerator: "wasm", cpuOptions: {numThreads: 1}, gpuOptions: {}, webNNOptions: {}};
    compiled = await lite.compileModel(environment, model, {environment, ...options});
    const type = model.getInputTensorType(0, 0), memory = lite.LiteRtTensorBufferType.HOST_MEMORY;
    input = lite.LiteRtTensorBuffer.createManaged(environment, memory, type, type.bytes());
    await test();
  }

  // A picture that Python made, too: where the answers differ, something in this browser computes otherwise.
  async function test() {
    const [height, width] = MODEL.size;
    const pixels = Uint8ClampedArray.from({length: 3 * height * width}, (_, at) => (at * MODEL.test) % 256);
    const said = await answer({pixels});
    if (!(Math.abs(said - MODEL.answer) < WITHIN)) throw new Error("it computes other answers than Python does");
  }

  async function answer({pixels}) {
    const {READ, WRITE} = lite.LiteRtTensorBufferLockMode;
    const values = Float32Array.from(pixels, (value) => value / 255);
    lite.HEAPU8.set(new Uint8Array(values.buffer), input.lock(WRITE));
    input.unlock();
    const [output] = await compiled.run(0, [input]);
    const place = output.lock(READ);
    const [probability] = new Float32Array(lite.HEAPU8.slice(place, place + 4).buffer);
    output.unlock();
    output.delete();
    return probability;
  }

  // Text of base64, squeezed -> the bytes.
  function unpacked(text) {
    const squeezed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([squeezed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  return {open, answer};
})();
