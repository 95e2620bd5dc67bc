// Draws model.spec into the cell and draws again when it changes; the newest spec wins.
// vl_convert.javascript_bundle puts vegaEmbed in scope.

async function render({ model, el }) {
  const actions = { export: true, source: false, compiled: false, editor: false };
  let result, wanted = 0;
  const draw = async () => {
    const mine = ++wanted;
    const target = document.createElement("div");
    const drawn = await vegaEmbed(target, model.get("spec"), { actions, renderer: "canvas" });
    if (mine !== wanted) return drawn.finalize();
    el.replaceChildren(target);
    result?.finalize();
    result = drawn;
  };
  model.on("change:spec", draw);
  await draw();
  return () => {
    model.off("change:spec", draw);
    result?.finalize();
  };
}

export default { render };
