"use strict";

/* Light, dark, or as the system has it. */
{
  const { el, t } = CK;
  const KEY = "chatkeep-theme";
  const THEMES = { auto: "As the system", light: "Light", dark: "Dark" };

  /** The one thing that is remembered; some browsers refuse it to local pages. */
  function remembered() {
    try {
      return localStorage.getItem(KEY) || "auto";
    } catch {
      return "auto";
    }
  }

  function choose(theme) {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // only for this visit, then
    }
  }

  CK.startTheme = () => {
    const theme = remembered();
    document.documentElement.dataset.theme = theme in THEMES ? theme : "auto";
  };

  CK.themeChoice = () =>
    Object.entries(THEMES).map(([theme, name]) =>
      el(
        "label.theme",
        el("input", {
          type: "radio",
          name: "ck-theme",
          checked: document.documentElement.dataset.theme === theme,
          onchange: () => choose(theme),
        }),
        el("span", t(name)),
      ),
    );
}
