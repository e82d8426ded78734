/* On every page. Each import below does one thing and finds its own elements, also those that arrive later by HTMX. */
import "./hypertext.js";
import "./theme-switch.js";
import "./dismiss.js";
import "./toast.js";
import "./copy.js";
import "./keys.js";
import "./comments.js";
import "./scrolling.js";
import "./mount.js";
import "./tools.js";
import "./pulse.js";
