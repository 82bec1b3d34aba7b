"use strict";

/* What lies over the chat: dialogs, side panels, the menu and short notices. On a phone each is
 * one step of the history, so that "back" closes it. */
{
  const { el, t } = CK;

  const layers = []; // what is open, the latest last: {close, pushed}
  let ignored = 0; // steps back that are ours

  const narrow = () => window.matchMedia("(max-width: 719px)").matches;
  CK.isNarrow = narrow;

  CK.layers = {
    opened(close) {
      const layer = { close, pushed: narrow() };
      if (layer.pushed) {
        CK.places.note();
        history.pushState({ ...history.state, layer: true }, "");
      }
      layers.push(layer);
      return layer;
    },
    /** A layer was closed by hand. */
    closed(layer) {
      const at = layers.indexOf(layer);
      if (at < 0) return;
      layers.splice(at, 1);
      if (!layer.pushed) return;
      ignored += 1;
      history.back();
    },
    /** Whether a step back in the history was one of ours, or closed something. */
    takesBack() {
      if (ignored) {
        ignored -= 1;
        return true;
      }
      const top = layers[layers.length - 1];
      if (!top || !top.pushed) return false;
      layers.pop();
      top.close();
      return true;
    },
    /** Close what covers the chat, since something in it is shown. True if a step of the history is left over. */
    makeWay() {
      let left = false;
      while (layers.length && layers[layers.length - 1].pushed) {
        layers.pop().close();
        left = true;
      }
      return left;
    },
    /** Close the latest. */
    closeTop() {
      const top = layers[layers.length - 1];
      if (!top) return false;
      top.close();
      return true;
    },
  };

  /** Something that opens and closes: {open, close, isOpen, element, onclose}. */
  function closable(element, show, hide) {
    let layer = null;
    let before = null;
    const one = {
      element,
      onclose: () => {},
      get isOpen() {
        return layer !== null;
      },
      open() {
        if (layer) return;
        before = document.activeElement;
        show();
        layer = CK.layers.opened(() => one.close());
      },
      close() {
        if (!layer) return;
        const mine = layer;
        layer = null;
        hide();
        CK.layers.closed(mine);
        one.onclose();
        if (before && before.isConnected && document.activeElement === document.body)
          before.focus({ preventScroll: true });
      },
    };
    return one;
  }

  CK.dialog = (title, content, { bare = false } = {}) => {
    const shut = CK.iconButton("close", t("Close"), () => one.close(), ".dialog-close");
    const head = bare ? shut : el("div.dialog-head", el("h2", title), shut);
    const element = el(
      `dialog.dialog${bare ? ".bare" : ""}`,
      { "aria-label": title },
      head,
      content,
    );
    const one = closable(
      element,
      () => {
        document.body.append(element);
        element.showModal();
      },
      () => {
        element.close();
        element.remove();
      },
    );
    element.addEventListener("cancel", (event) => {
      event.preventDefault();
      one.close();
    });
    element.addEventListener("click", (event) => {
      if (event.target === element) one.close();
    });
    return one;
  };

  let openPanel = null;

  /** A column beside the chat, or a pane of its own on a phone. One at a time. */
  CK.panel = (name, title, content) => {
    const shut = CK.iconButton("close", t("Close"), () => one.close());
    const element = el(
      `aside.panel.panel-${name}`,
      { "aria-label": title },
      el("div.bar", el("h2.title", title), shut),
      content,
    );
    if (name === "search") element.setAttribute("role", "search");
    const one = closable(
      element,
      () => {
        if (openPanel && openPanel !== one) openPanel.close();
        openPanel = one;
        CK.shell.append(element);
        document.body.classList.add("has-panel");
      },
      () => {
        openPanel = openPanel === one ? null : openPanel;
        element.remove();
        document.body.classList.toggle("has-panel", Boolean(openPanel));
      },
    );
    return one;
  };

  let notice = null;
  let leaving = null;

  /** Say something for a few seconds. */
  CK.toast = (text) => {
    if (!notice) document.body.append((notice = el("div.toast", { role: "status" })));
    notice.textContent = text;
    notice.classList.add("shown");
    clearTimeout(leaving);
    leaving = setTimeout(() => notice.classList.remove("shown"), 4000);
  };

  /** What to say, and what to do, when a part of the data is not there. */
  CK.missingPartText = (number) => {
    const numbers = [...new Set(CK.lists.flatMap((list) => [...list.hashes.keys()]))];
    const values = {
      n: numbers.indexOf(number) + 1,
      all: numbers.length,
      file: `data/m${number}.js`,
    };
    return CK.t(
      "Part {n} of {all} is missing ({file}). Unpack the whole archive into one folder and reload.",
      values,
    );
  };
}
