/* HTMX, without the parts that need eval or inline styles; and what is said when the server does not answer it. */
import htmx from "htmx.org";
import { complain, quiet } from "./complaint.js";

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  attributesToSettle: ["class", "width", "height"], // not style: setting it again, even empty, is an inline style
  historyCacheSize: 0, // pages of a lab do not lie about in the browser's storage
  refreshOnHistoryMiss: true,
  timeout: 20000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true }, // a form with its errors
    { code: "[45]..", swap: false, error: true },
  ],
});

const WORDS = {
  403: "Your role does not allow this.",
  404: "This is gone, or it is not yours to see.",
  409: "Somebody changed this meanwhile. Load the page again to see what.",
  413: "This is larger than the server takes.",
};

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  complain(event.target, WORDS[status] ?? `The server answered ${status}. Nothing was changed.`);
});
document.addEventListener("htmx:sendError", (event) => complain(event.target, "The server did not answer. Nothing was changed."));
document.addEventListener("htmx:timeout", (event) => {
  complain(event.target, "The server did not answer in 20 s. Load the page again to see whether it did what you asked.");
});
document.addEventListener("htmx:beforeRequest", (event) => quiet(event.target));

/* A newer question takes an older one back (hx-sync="this:replace"). HTMX calls that an error and writes two into the console. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const { xhr } = event.detail;
  const taken = xhr.onabort;
  xhr.onabort = () => {
    const say = console.error;
    console.error = () => {};
    try {
      taken.call(xhr);
    } finally {
      console.error = say;
    }
  };
});
