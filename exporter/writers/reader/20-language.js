"use strict";

/* Sentences in the language of the archive. English stands in the code and is the key. */
{
  let russian = false;
  let plurals = new Intl.PluralRules("en");
  const FORMS = ["one", "few", "many"];

  CK.setLanguage = (asked) => {
    const language = asked || (navigator.language || "en").slice(0, 2);
    russian = language === "ru";
    CK.language = russian ? "ru" : "en";
    CK.locale = russian ? "ru" : "en-GB";
    plurals = new Intl.PluralRules(CK.language);
    document.documentElement.lang = CK.language;
  };

  const filled = (template, values) =>
    template.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));

  const translated = (english) => (russian && CK.russian[english]) || english;

  /** A sentence with values for its {names}. */
  CK.t = (english, values = {}) => filled(translated(english), values);

  /** A sentence with a counted noun; {n} is the number. */
  CK.tn = (one, many, count, values = {}) => {
    const forms = russian && CK.russian[one];
    const form = plurals.select(count);
    const template = forms ? forms[Math.max(0, FORMS.indexOf(form))] : form === "one" ? one : many;
    return filled(template, { n: CK.number(count), ...values });
  };

  /** A sentence as nodes, with nodes or texts for its {names}. */
  CK.said = (english, nodes) => {
    const fragment = document.createDocumentFragment();
    for (const piece of translated(english).split(/(\{\w+\})/)) {
      const name = /^\{(\w+)\}$/.exec(piece);
      if (piece) fragment.append(name && nodes[name[1]] != null ? nodes[name[1]] : piece);
    }
    return fragment;
  };
}
