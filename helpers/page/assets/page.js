// What a person meets: photos come in by choice or drop, and each gets an answer or a sentence that says why not.
// Names of files and classes go in as text only, never as tags.
"use strict";

(() => {
  const [height, width] = MODEL.size;
  const said = document.getElementById("said"), choose = document.getElementById("choose");
  const answers = document.getElementById("answers");
  let waiting = Promise.resolve();

  function made(kind, content, more = {}) {
    const one = Object.assign(document.createElement(kind), more);
    one.append(...[content].flat().filter((part) => part !== null));
    return one;
  }

  const percent = (share) => `${(100 * share).toFixed(1)}%`;

  async function look(file) {
    said.textContent = `Looking at ${file.name} …`;
    await new Promise((done) => setTimeout(done)); // lets the browser show it
    let seen, probability;
    try {
      seen = await Photo.read(file, width, height);
      probability = await Network.answer(seen);
    } catch (error) {
      refuse(file, error);
      return;
    }
    const shares = [1 - probability, probability], best = Number(probability > 0.5);
    const answer = made("article", [
      made("div", [photo(file), sight(seen)]),
      made("div", [
        made("h2", [made("bdi", MODEL.names[best]), `, ${percent(shares[best])}`]), // a name may run from right to left
        made("p", seen.damaged ? `${file.name}. The file is damaged: parts of it may be missing.` : file.name),
        made("dl", MODEL.names.flatMap((name, at) => bar(name, shares[at], at))),
      ]),
    ]);
    Object.assign(answer.dataset, {file: file.name, probability});
    answers.prepend(answer);
    said.textContent = `${file.name}: ${MODEL.names[best]}, ${percent(shares[best])}`;
  }

  function refuse(file, error) {
    const reason = `${error.message || error}. Try another file, such as a JPEG or a PNG.`;
    const words = made("div", [made("h2", "No answer"), made("p", `${file.name}: ${reason}`)]);
    const refusal = made("article", words, {className: "refused"});
    Object.assign(refusal.dataset, {file: file.name, error: reason});
    answers.prepend(refusal);
    said.textContent = `${file.name}: no answer: ${reason}`;
  }

  function bar(name, share, at) {
    const length = made("div", null);
    length.style.width = percent(share);
    const line = made("dd", length, {className: at ? "second" : "first"});
    line.setAttribute("aria-hidden", "true"); // the number beside it says the same
    return [made("dt", [made("bdi", name), made("b", percent(share))]), line];
  }

  function photo(file) {
    const image = made("img", null, {alt: `your photo ${file.name}`, src: URL.createObjectURL(file)});
    image.addEventListener("error", () => image.remove());
    return image;
  }

  function sight({pixels}) {
    const canvas = made("canvas", null, {width, height}), four = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      for (let colour = 0; colour < 3; colour++) four.data[4 * at + colour] = pixels[3 * at + colour];
      four.data[4 * at + 3] = 255;
    }
    canvas.getContext("2d").putImageData(four, 0, 0);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `the same in ${width} × ${height} pixels`);
    return made("figure", [canvas, made("figcaption", "What the network sees of it")]);
  }

  function take(files) {
    for (const file of files) waiting = waiting.then(() => look(file));
    waiting = waiting.then(() => { choose.value = ""; }); // so that the same file can be chosen again
  }

  function listen() {
    choose.addEventListener("change", () => take([...choose.files]));
    const over = (on) => () => document.body.classList.toggle("over", on);
    document.addEventListener("dragover", over(true));
    document.addEventListener("dragleave", over(false));
    document.addEventListener("drop", (event) => {
      over(false)();
      take([...event.dataTransfer.files]);
    });
    choose.disabled = false;
    said.textContent = "Ready.";
  }

  for (const what of ["dragover", "drop"]) {
    document.addEventListener(what, (event) => event.preventDefault()); // or the photo would take the page's place
  }
  Network.open().then(listen, (error) => {
    const reason = error.message || error;
    said.textContent = `This browser cannot run the network: ${reason}. A current Chrome, Edge, Firefox or Safari can.`;
  });
})();
