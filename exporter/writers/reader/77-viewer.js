"use strict";

/* One photo or video over everything, and from there to the one before and after it. */
{
  const { el, t } = CK;
  const LOOKED_AT = 20000; // messages, before the viewer gives up looking for the next picture

  let dialog = null;
  let shown = null; // {record, at}

  function build() {
    const stage = el("div.stage", { tabindex: -1 });
    const caption = el("div.viewer-caption");
    const older = CK.iconButton("back", t("Previous"), () => step(-1), ".viewer-step");
    const newer = CK.iconButton("next", t("Next"), () => step(1), ".viewer-step");
    const foot = el("div.viewer-foot");
    const content = el("div.viewer", older, stage, newer, caption, foot);
    dialog = CK.dialog(t("Photo or video"), content, { bare: true });
    Object.assign(dialog, { stage, caption, foot });
    dialog.element.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by && event.target.tagName !== "VIDEO") {
        event.preventDefault();
        step(by);
      } else if (event.key === "z" || event.key === "+") zoom();
    });
    dialog.onclose = () => stage.replaceChildren();
  }

  function zoom() {
    const image = dialog.stage.querySelector("img");
    if (!image) return;
    const zoomed = dialog.stage.classList.toggle("zoomed");
    image.parentElement.setAttribute("aria-pressed", zoomed);
    if (zoomed) {
      dialog.stage.scrollLeft = (dialog.stage.scrollWidth - dialog.stage.clientWidth) / 2;
      dialog.stage.scrollTop = (dialog.stage.scrollHeight - dialog.stage.clientHeight) / 2;
    }
  }

  function show(record, at) {
    const { kind, file } = CK.pictures(record)[at];
    shown = { record, at };
    const url = CK.fileUrl(file.path);
    const alt = CK.altOf(kind, record);
    dialog.stage.classList.remove("zoomed");
    if (kind === "photo") {
      dialog.stage.replaceChildren(
        el(
          "button.zoomer",
          { "onclick": zoom, "aria-label": t("Zoom"), "aria-pressed": false },
          el("img", { src: url, alt }),
        ),
      );
    } else {
      const video = el("video", {
        "src": url,
        "controls": true,
        "loop": kind === "animation",
        "poster": CK.posterOf(file),
        "aria-label": alt,
      });
      video.playsInline = true;
      video.muted = kind === "animation";
      CK.quiet(video);
      dialog.stage.replaceChildren(video);
      video.play().catch(() => {});
    }
    dialog.caption.replaceChildren(
      record.text ? CK.textBlock(record.text, record.x.entities, record.x.custom_emoji) : "",
    );
    dialog.foot.replaceChildren(
      el("span", CK.name(CK.peerName(record.sender)), ` · ${CK.moment(record.date)}`),
      el("button.text-button", { onclick: inChat }, t("Show in chat")),
    );
    dialog.stage.firstElementChild.focus(); // what had it is gone, and keys would go nowhere
  }

  function inChat() {
    const { record } = shown;
    dialog.close();
    CK.places.jump(record.list, record.n);
  }

  async function step(by) {
    const { record, at } = shown;
    const mine = CK.pictures(record);
    if (mine[at + by]) return show(record, at + by);
    const { list } = record;
    for (
      let n = record.n + by;
      n >= 0 && n < list.count && Math.abs(n - record.n) < LOOKED_AT;
      n += by
    ) {
      if (!list.has(n)) await list.load(n);
      const next = list.record(n);
      if (next.kind === "text" && !next.x.link_preview) continue;
      const pictures = CK.pictures(next);
      if (pictures.length) return show(next, by > 0 ? 0 : pictures.length - 1);
    }
    CK.toast(by > 0 ? t("This is the last one.") : t("This is the first one."));
  }

  CK.viewer = {
    open(record, file) {
      if (!dialog) build();
      const at = Math.max(
        0,
        CK.pictures(record).findIndex((one) => one.file.path === file.path),
      );
      dialog.open();
      show(record, at);
    },
  };
}
