"use strict";

/* Dates, lengths, sizes and numbers in words. Dates are local wall clock, written as if UTC. */
{
  const formats = new Map();
  const format = (name, options) => {
    if (!formats.has(name)) {
      formats.set(name, new Intl.DateTimeFormat(CK.locale, { timeZone: "UTC", ...options }));
    }
    return formats.get(name);
  };
  const shown = (name, options) => (seconds) => {
    if (!Number.isFinite(seconds)) return "";
    return format(name, options)
      .format(new Date(seconds * 1000))
      .replace(/\s?г\./, "");
  };

  CK.time = shown("time", { hour: "2-digit", minute: "2-digit" });
  CK.day = shown("day", { day: "numeric", month: "long", year: "numeric" });
  CK.shortDay = shown("short", { day: "numeric", month: "short", year: "numeric" });
  CK.monthName = shown("month", { month: "long", year: "numeric" });
  CK.moment = shown("moment", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });

  /** A time as Telegram counts it, in the zone of the archive. */
  CK.momentOfUnix = (seconds) => {
    const options = { dateStyle: "long", timeStyle: "short", timeZone: CK.archive.zone || "UTC" };
    try {
      return new Intl.DateTimeFormat(CK.locale, options).format(new Date(seconds * 1000));
    } catch {
      return CK.moment(seconds);
    }
  };

  CK.dayOf = (seconds) => Math.floor(seconds / 86400);
  CK.monthOf = (seconds) => {
    const date = new Date(seconds * 1000);
    return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
  };
  CK.monthStart = (month) => Date.UTC(Math.floor(month / 100), (month % 100) - 1, 1) / 1000;

  CK.number = (value) => value.toLocaleString(CK.locale === "ru" ? "ru" : "en");

  /** 12345 → 12.3K */
  CK.shortNumber = (value) =>
    value < 10000
      ? CK.number(value)
      : new Intl.NumberFormat(CK.locale, { notation: "compact", maximumFractionDigits: 1 }).format(
          value,
        );

  const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
  CK.size = (bytes) => {
    let step = 0;
    let value = bytes;
    while (value >= 1000 && step < UNITS.length - 1) {
      value /= 1000;
      step += 1;
    }
    const digits = step && value < 10 ? 1 : 0;
    const number = value.toLocaleString(CK.locale === "ru" ? "ru" : "en", {
      maximumFractionDigits: digits,
    });
    return `${number}\u00a0${CK.t(UNITS[step])}`;
  };

  /** 75 → 1:15 */
  CK.length = (seconds) => {
    const whole = Math.round(seconds || 0);
    const two = (value) => String(value).padStart(2, "0");
    const minutes = Math.floor(whole / 60) % 60;
    const hours = Math.floor(whole / 3600);
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };

  /** A length of time in its largest even unit. */
  CK.period = (seconds) => {
    if (seconds % 604800 === 0) return CK.tn("{n} week", "{n} weeks", seconds / 604800);
    if (seconds % 86400 === 0) return CK.tn("{n} day", "{n} days", seconds / 86400);
    if (seconds % 3600 === 0) return CK.tn("{n} hour", "{n} hours", seconds / 3600);
    if (seconds % 60 === 0) return CK.tn("{n} minute", "{n} minutes", seconds / 60);
    return CK.tn("{n} second", "{n} seconds", seconds);
  };

  const EXPONENTS = {
    XTR: 0,
    JPY: 0,
    KRW: 0,
    CLP: 0,
    ISK: 0,
    PYG: 0,
    UGX: 0,
    VND: 0,
    RWF: 0,
    BHD: 3,
    IQD: 3,
    JOD: 3,
    KWD: 3,
    LYD: 3,
    OMR: 3,
    TND: 3,
    TON: 9,
  };
  /** An amount in a currency's smallest unit (https://core.telegram.org/bots/payments/currencies.json). */
  CK.price = (amount, currency) => {
    const decimals = EXPONENTS[currency] ?? 2;
    const value = (amount / 10 ** decimals).toLocaleString(CK.locale === "ru" ? "ru" : "en", {
      minimumFractionDigits: decimals > 3 ? 0 : decimals,
      maximumFractionDigits: decimals,
    });
    return currency === "XTR"
      ? CK.tn("{n} star", "{n} stars", amount)
      : `${value}\u00a0${currency}`;
  };
}
