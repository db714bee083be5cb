// The form of an experiment: what was chosen before htmx was there is estimated too.

import { tellEarlyChanges } from "./early-changes.js";

const tell = () => tellEarlyChanges(document.querySelector(".run-permits"));
document.addEventListener("htmx:load", tell, { once: true });
