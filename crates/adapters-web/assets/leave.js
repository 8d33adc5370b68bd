import { forgetPages } from "./offline.js";

// Signing out: pages that were kept for when the network is gone are forgotten.

document.querySelector(".leave")?.addEventListener("submit", () => void forgetPages());
