// The interactive part of a report: one NiiVue canvas a volume, all showing the same place.
// The page holds <script type="application/json" id="volumes">, written by report/viewer_volumes.cpp.
'use strict';
(async () => {
  const root = document.getElementById('viewer');
  const status = document.getElementById('viewer-status');
  const say = (state, text) => {
    root.dataset.state = state;
    status.textContent = text;
  };

  const slices = { axial: 0, coronal: 1, sagittal: 2, planes: 3 };
  const viewers = new Map(); // role -> {nv, volume, caption}

  const panelOf = (volume) => {
    const panel = document.createElement('figure');
    const caption = document.createElement('figcaption');
    const canvas = document.createElement('canvas');
    caption.textContent = volume.title;
    canvas.tabIndex = 0;
    canvas.dataset.role = volume.role;
    canvas.setAttribute('aria-label', volume.title + ': arrow keys and page up and down move the crosshair');
    const frame = document.createElement('div');
    frame.className = 'canvas';
    frame.append(canvas);
    panel.append(caption, frame);
    root.querySelector('.panels').append(panel);
    return { canvas, caption };
  };

  const imageOf = (volume) =>
    niivue.NVImage.loadFromBase64({
      base64: volume.base64,
      name: volume.role + '.nii.gz',
      colormap: volume.colours,
      cal_min: volume.low,
      cal_max: volume.high,
    });

  const open = async (volume, palettes) => {
    const { canvas, caption } = panelOf(volume);
    const nv = new niivue.Niivue({
      backColor: [0, 0, 0, 1],
      crosshairColor: [1, 0.8, 0.2, 0.7],
      crosshairWidth: 0.7,
      crosshairWidthUnit: 'percent',
      fontColor: [0.85, 0.88, 0.9, 1],
      dragAndDropEnabled: false,
      isNearestInterpolation: true,
      isRadiologicalConvention: true,
      sagittalNoseLeft: true,
      logLevel: 'error',
      multiplanarShowRender: 0,
      show3Dcrosshair: false,
      sliceType: slices.planes,
      viewModeHotKey: '',
      clipPlaneHotKey: '',
      cycleClipPlaneHotKey: '',
    });
    await nv.attachToCanvas(canvas, false);
    for (const [name, palette] of Object.entries(palettes)) nv.addColormap(name, palette);
    nv.addVolume(await imageOf(volume));
    viewers.set(volume.role, { nv, volume, caption });
  };

  /// Moves all others to where this one is: NiiVue does so itself only for what the mouse does.
  const follow = (leader) => {
    const place = leader.frac2mm(leader.scene.crosshairPos);
    for (const { nv } of viewers.values()) {
      if (nv === leader) continue;
      nv.scene.crosshairPos = nv.mm2frac(place);
      nv.drawScene();
    }
  };

  const steps = {
    ArrowLeft: [-1, 0, 0], ArrowRight: [1, 0, 0], ArrowUp: [0, 1, 0], ArrowDown: [0, -1, 0],
    PageUp: [0, 0, 1], PageDown: [0, 0, -1],
  };
  const moveByKey = (event) => {
    const at = event.target.dataset && viewers.get(event.target.dataset.role);
    if (!at) return;
    event.stopImmediatePropagation(); // NiiVue's own keys act only where the mouse is
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    // The patient's right is on the left of the screen.
    at.nv.moveCrosshairInVox(-step[0], step[1], step[2]);
    follow(at.nv);
  };

  const showSlices = (name) => {
    for (const { nv } of viewers.values()) nv.setSliceType(slices[name]);
    for (const button of root.querySelectorAll('[data-slices]'))
      button.setAttribute('aria-pressed', String(button.dataset.slices === name));
  };

  /// In the first panel, what AFTER shows at the same place: the eye sees what changed.
  const blink = (button) => {
    const { nv, volume, caption } = viewers.get('before');
    const after = viewers.get('after').volume;
    const on = button.getAttribute('aria-pressed') !== 'true';
    nv.setOpacity(1, on ? 1 : 0);
    caption.textContent = on ? after.title : volume.title;
    button.setAttribute('aria-pressed', String(on));
  };

  const brightness = (percent) => {
    for (const role of ['before', 'after']) {
      const { nv, volume } = viewers.get(role);
      for (const image of nv.volumes) image.cal_max = volume.low + ((volume.high - volume.low) * percent) / 100;
      nv.updateGLVolume();
    }
  };

  const start = async () => {
    if (!document.createElement('canvas').getContext('webgl2'))
      return say('failed', 'This browser offers no WebGL 2, so there is no viewer; the pictures above need none.');
    say('loading', 'Loading the volumes …');
    const { volumes, palettes } = JSON.parse(document.getElementById('volumes').textContent);
    root.querySelector('.panels').classList.add('of-' + volumes.length);
    for (const volume of volumes) await open(volume, palettes);

    const before = viewers.get('before').nv;
    const overlay = await imageOf(viewers.get('after').volume);
    overlay.opacity = 0;
    before.addVolume(overlay);

    const all = [...viewers.values()].map((viewer) => viewer.nv);
    for (const nv of all) nv.broadcastTo(all.filter((other) => other !== nv), { '2d': true });
    root.addEventListener('keydown', moveByKey, true);
    root.addEventListener('keyup', (event) => event.target.tagName === 'CANVAS' && event.stopImmediatePropagation(), true);
    for (const button of root.querySelectorAll('[data-slices]'))
      button.addEventListener('click', () => showSlices(button.dataset.slices));
    const blinker = document.getElementById('blink');
    blinker.addEventListener('click', () => blink(blinker));
    document.getElementById('brightness').addEventListener('input', (event) => brightness(Number(event.target.value)));
    document.getElementById('smooth').addEventListener('change', (event) => {
      for (const nv of all) nv.setInterpolation(!event.target.checked);
    });
    showSlices('planes');
    root.querySelector('.controls').hidden = false;
    say('ready', 'Click to move the crosshair in all panels; scroll for slices. Tab to a panel, then use the arrow keys and page up and down.');
  };

  try {
    await start();
  } catch (problem) {
    say('failed', 'The viewer could not start (' + problem.message + '); the pictures above need none.');
  }
})();
