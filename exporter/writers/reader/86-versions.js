"use strict";

/* Earlier versions of edited messages. */
{
  const { el, t } = CK;

  /** The versions before the last edit, the oldest first, each {date, text}. */
  CK.versionsOf = (record) =>
    record.x.versions || (record.x.extra && record.x.extra.versions) || [];

  CK.showVersions = (record) => {
    const versions = CK.versionsOf(record).map(({ date, text }) => {
      const { text: words, entities } = typeof text === "string" ? { text } : text || { text: "" };
      return el("section.version", el("h3", CK.moment(date)), CK.textBlock(words || "", entities));
    });
    versions.push(
      el(
        "section.version",
        el("h3", t("Now")),
        CK.textBlock(record.text, record.x.entities, record.x.custom_emoji),
      ),
    );
    CK.dialog(t("Earlier versions"), el("div.versions", versions.reverse())).open();
  };
}
