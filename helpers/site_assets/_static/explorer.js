// The explorer of a lesson: what site_explorer.py wrote, drawn as it is chosen. All maps of a layer lie side by side in
// one picture, from which each channel is cut.
const sheets = new Map();

function sheet(address) {
  if (!sheets.has(address)) {
    const picture = new Image();
    picture.src = address;
    sheets.set(address, picture.decode().then(() => picture, (error) => {
      sheets.delete(address); // to be asked for again
      throw error;
    }));
  }
  return sheets.get(address);
}

function element(name, about = {}, ...children) {
  const made = Object.assign(document.createElement(name), about);
  made.append(...children);
  return made;
}

// One channel's map, as large as it is, onto a canvas of its own.
function cut(canvas, laid, map, channel) {
  [canvas.width, canvas.height] = [map.width, map.height];
  const [left, top] = [(channel % map.columns) * map.width, Math.floor(channel / map.columns) * map.height];
  canvas.getContext("2d").drawImage(laid, left, top, map.width, map.height, 0, 0, map.width, map.height);
  return canvas;
}

// The same in colours; a channel that is the same everywhere is left to the style sheet, grey and crossed out.
function colour(canvas, laid, map, channel) {
  const dead = map.dead.includes(channel);
  canvas.classList.toggle("dead", dead);
  if (dead) [canvas.width, canvas.height] = [map.width, map.height];
  else cut(canvas, laid, map, channel);
  return canvas;
}

// As attribution.overlay does it: the picture in grey, six parts of heat over four of picture.
function layOver(canvas, picture, heat) {
  [canvas.width, canvas.height] = [4 * picture.width, 4 * picture.height];
  const pen = canvas.getContext("2d");
  const whole = [0, 0, canvas.width, canvas.height];
  pen.drawImage(picture, ...whole);
  pen.globalCompositeOperation = "saturation";
  pen.fillStyle = "gray";
  pen.fillRect(...whole);
  pen.globalCompositeOperation = "source-over";
  pen.globalAlpha = 0.6;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(heat, ...whole);
}

function explore(form) {
  const { pictures, layers } = JSON.parse(form.querySelector("script").textContent);
  const views = [...form.querySelectorAll(".view")].map((view) => [view.querySelector("canvas"), view.lastElementChild]);
  const channels = form.querySelector(".channel");
  let [turn, laidOut, drawn] = [0, null, null]; // the last choice; the layer and the map that are on the page

  function show(place, words, alt) {
    views[place][1].textContent = words;
    views[place][0].setAttribute("aria-label", alt);
    return views[place][0];
  }

  function layOut(map, chosen) {
    const buttons = map.high.map((_, channel) =>
      element("label", {},
        element("input", { type: "radio", name: "channel", value: channel, checked: channel === chosen }),
        element("span", {}, element("canvas"), element("i"), String(channel))));
    channels.replaceChildren(channels.firstElementChild, ...buttons);
  }

  function drawChannels(laid, map) {
    const most = Math.max(...map.high);
    [...channels.querySelectorAll("label")].forEach((label, channel) => {
      const canvas = colour(label.querySelector("canvas"), laid, map, channel);
      canvas.style.imageRendering = map.width < 40 ? "pixelated" : "auto";
      label.querySelector("i").style.width = `${most > 0 ? Math.max(0, (100 * map.high[channel]) / most) : 0}%`;
    });
  }

  async function draw() {
    const mine = ++turn;
    const picture = pictures[form.elements.picture.value];
    const layer = layers[form.elements.layer.value];
    const map = layer.maps[form.elements.picture.value];
    const [photo, laid, heat] = await Promise.all([picture.png, map.map, map.heat].map(sheet));
    if (mine !== turn) return; // another one was chosen meanwhile
    const before = Number(new FormData(form).get("channel"));
    const channel = Math.min(before, map.high.length - 1);
    if (drawn !== map) {
      if (laidOut !== layer) layOut(map, channel);
      drawChannels(laid, map);
      const canvas = show(0, picture.called, picture.name);
      [canvas.width, canvas.height] = [photo.width, photo.height];
      canvas.getContext("2d").drawImage(photo, 0, 0);
      [laidOut, drawn] = [layer, map];
    }
    const words = `${layer.name}, channel ${channel} (of 0 to ${map.high.length - 1}): ${map.height} × ${map.width} ` +
      `numbers from ${map.low[channel]} to ${map.high[channel]}, ${map.zeros[channel]} of them zero`;
    colour(show(1, `${layer.name}, channel ${channel}`, words), laid, map, channel);
    layOver(show(2, "laid over the picture", `the channel over ${picture.name}`), photo,
      cut(element("canvas"), heat, map, channel));
    form.querySelector(".numbers").textContent = words;
  }

  form.addEventListener("change", () => draw());
  form.addEventListener("submit", (event) => event.preventDefault()); // Enter on a button would leave the page
  form.hidden = false;
  draw();
}

for (const form of document.querySelectorAll("form.explorer[hidden]")) explore(form);
