/* BokehJS and the editor make <style> elements: each gets the nonce of this script, so that the strict policy lets it in. */
(() => {
  const { nonce } = document.currentScript;
  const make = Document.prototype.createElement;
  Document.prototype.createElement = function createElement(tag, ...rest) {
    const element = make.call(this, tag, ...rest);
    if (nonce && String(tag).toLowerCase() === "style") element.setAttribute("nonce", nonce);
    return element;
  };
})();
