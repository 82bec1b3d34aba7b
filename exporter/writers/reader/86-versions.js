"use strict";

/* Earlier versions of edited messages. */
{
  const { el, t } = CK;

  /** The versions before the last edit, the oldest first, as `earlier` of messages.jsonl. */
  CK.versionsOf = (record) => record.x.earlier || [];

  CK.showVersions = (record) => {
    const versions = CK.versionsOf(record).map(({ edited, text, kind, media }) => {
      const shown = text || { text: CK.summary({ kind, text: "", x: { media } }) };
      return el(
        "section.version",
        el("h3", CK.moment(edited == null ? record.date : edited)),
        CK.textBlock(shown.text, shown.entities),
      );
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
