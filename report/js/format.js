"use strict";
/* Numbers as text, with their units, and elements. */

/* An element: attributes by name, on… are listeners, text and elements are children. */
function el(name, attributes, ...children) {
  const at = name.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4))
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) at.addEventListener(key.slice(2), value);
    else if (value === true) at.setAttribute(key, "");
    else if (value !== false && value != null) at.setAttribute(key, value);
  }
  at.append(...children.flat(2).filter(c => c != null));
  return at;
}

const known = v => typeof v === "number" && Number.isFinite(v);

const fixed = (v, digits) => (known(v) ? v.toFixed(digits).replace("-", "−") : "–");

/* Three digits that count, as 1,234 or 0.00123. */
function short(v) {
  if (!known(v)) return "–";
  if (v === 0) return "0";
  const a = Math.abs(v);
  if (a >= 1e6 || a < 1e-3) return v.toExponential(2).replace("e+", "e").replace("-", "−");
  if (a >= 1000) return Math.round(v).toLocaleString("en");
  return String(Number(v.toPrecision(3))).replace("-", "−");
}

/* As many decimals as tell v from 1: 91.8 %, 99.99 %, 99.9993 %. */
function share(v) {
  if (!known(v)) return "–";
  if (v === 1 || v === 0) return `${100 * v}\u00a0%`;
  const near = Math.min(Math.abs(1 - v), Math.abs(v));
  const digits = Math.min(6, Math.max(1, Math.ceil(-Math.log10(near)) - 1));
  return `${fixed(100 * v, digits)}\u00a0%`;
}

const percent = (v, digits) => (known(v) ? `${fixed(100 * v, digits)}\u00a0%` : "–");

function time(us) {
  if (!known(us)) return "–";
  const three = v => (v >= 1000 ? short(v) : v.toPrecision(3));
  if (us < 0.9995) return `${three(us * 1000)}\u00a0ns`;
  if (us < 999.5) return `${three(us)}\u00a0µs`;
  if (us < 999500) return `${three(us / 1000)}\u00a0ms`;
  return `${three(us / 1e6)}\u00a0s`;
}

function watts(w) {
  if (!known(w)) return "–";
  if (w === 0) return "0\u00a0W";
  if (w < 0.9995e-3) return `${short(w * 1e6)}\u00a0µW`;
  return w < 0.9995 ? `${short(w * 1e3)}\u00a0mW` : `${short(w)}\u00a0W`;
}

function hertz(v) {
  if (!known(v)) return "–";
  const [by, unit] = v >= 1e9 ? [1e9, "GHz"] : v >= 1e6 ? [1e6, "MHz"] : v >= 1e3 ? [1e3, "kHz"] : [1, "Hz"];
  return `${short(v / by)}\u00a0${unit}`;
}

const count = n => n.toLocaleString("en");

/* "1 drop", "2 drops". */
const several = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;

/* Bits as C wrote them: eight a byte, the first highest. */
const bit = (hex, i) => (parseInt(hex[i >> 2], 16) >> (3 - (i & 3))) & 1;
