/** What the panels say. */
import { bytes } from "../words.js";

const plural = (number, one, many) => `${number} ${Math.abs(number) === 1 ? one : many}`;

/** How numbers are shown: `factor` makes one of a value. */
export const units = {
  pixels: { factor: 1, sign: "px", name: "pixels", spoken: (n) => plural(n, "pixel", "pixels") },
  percent: { factor: 100, sign: "%", name: "percent", spoken: (n) => `${n} percent` },
  hundredths: { factor: 1, sign: "%", name: "percent", spoken: (n) => `${n} percent` },
  degrees: { factor: 1, sign: "°", name: "degrees", spoken: (n) => plural(n, "degree", "degrees") },
  points: { factor: 1, sign: "", name: "1 to 100", spoken: String },
};

export const titles = {
  tuning: "Edge",
  background: "Background",
  product: "Product photo",
  output: "File",
};

export const labels = {
  reset: "Reset",
  resetAll: (title) => `Reset ${title.toLowerCase()}`,
  resetOne: (label) => `Reset ${label.toLowerCase()}`,
  inUnit: (label, unit) => `${label}, ${unit}`,
  written: (label) => `${label}, written as #rrggbb`,
  compare: "Hold to see the default",
  behind: "Behind the subject",
  colours: "Colours",
  colour: "Colour",
  from: "From",
  to: "To",
  swap: "Swap the colours",
  chooseImage: "Choose an image",
  otherImage: "Choose another image",
  imageFile: "Image for the background",
  shadow: "Shadow",
  crop: "Crop",
  aspect: "Shape",
  across: "Width",
  down: "Height",
  ownSize: "As it is",
  preset: "Marketplace",
  noPreset: "None",
  format: "Format",
  effort: "Writing",
  depth: "Bits a channel",
  metadata: "Keep the photo’s metadata",
  lossless: "Lossless",
  download: "Download",
  copy: "Copy as PNG",
  share: "Share",
  mask: "Mask alone",
  receipt: "Receipt (JSON)",
  ratioAcross: "Across",
  ratioDown: "Down",
  sizeHint: "Pixels of the file. One of the two is enough; nothing is enlarged unless you ask for it.",
};

export const knobs = {
  feather: { label: "Feather", hint: "Softens the edge to both sides.", unit: "pixels" },
  smooth: { label: "Smooth", hint: "Evens the outline.", unit: "pixels" },
  shift: { label: "Shift", hint: "Outward, or inward below zero.", unit: "pixels" },
  threshold: { label: "Threshold", hint: "Makes a soft edge harder.", unit: "percent" },
  decontaminate: {
    label: "Decontaminate", hint: "Takes the old background out of soft pixels.", unit: "percent",
  },
  angle: { label: "Angle", hint: "", unit: "degrees" },
  radius: { label: "Blur", hint: "", unit: "pixels" },
  distance: { label: "Distance", hint: "", unit: "hundredths" },
  blur: { label: "Softness", hint: "", unit: "hundredths" },
  opacity: { label: "Strength", hint: "", unit: "percent" },
  margin: { label: "Margin", hint: "Kept free around the subject.", unit: "percent" },
  quality: { label: "Quality", hint: "", unit: "points" },
};

export const backgrounds = {
  none: "None",
  colour: "Colour",
  gradient: "Gradient",
  image: "Image",
  blur: "Blur",
};

export const shadows = { none: "None", drop: "Drop", contact: "Contact" };

export const swatches = [
  { colour: "#ffffff", name: "White" },
  { colour: "#f2f2f0", name: "Light grey" },
  { colour: "#8c9290", name: "Grey" },
  { colour: "#000000", name: "Black" },
  { colour: "#f3e9dc", name: "Sand" },
  { colour: "#c9dff2", name: "Sky" },
];

export const crops = { photo: "Whole photo", subject: "Around the subject" };

export const aspects = { photo: "Original", "1:1": "1:1", "4:5": "4:5", "16:9": "16:9", own: "Custom" };

export const formats = {
  "image/png": {
    title: "PNG", hint: "Every pixel exactly as it was cut, and read everywhere. The largest file.",
  },
  "image/webp": {
    title: "WebP", hint: "Transparent and much smaller. Every browser reads it, some older programs do not.",
  },
  "image/avif": {
    title: "AVIF", hint: "Transparent and the smallest. Takes seconds to write; many programs cannot read it yet.",
  },
  "image/jpeg": {
    title: "JPEG", hint: "Small and read everywhere, but never transparent: white lies behind, or the background you choose.",
  },
};

export const efforts = { quick: "Quick", small: "Smaller, slower" };

export const depths = { 8: "8", 10: "10" };

export const said = {
  noPhoto: "Choose a photo first: there is nothing to change yet.",
  forAll: "For all photos, except those with a look of their own.",
  notYet: "As soon as the cutout is there.",
  noImage: "Nothing changes until you choose one. It stays on this device.",
  contact: "A soft shadow on the ground below the subject.",
  drop: "A copy of the outline, as if the subject stood before a wall.",
  lossless: "Larger, and exact.",
  metadataHint: "Off: place, time, camera and serial numbers are removed. The colour profile always stays.",
  estimate: (count) => `About ${bytes(count)}`,
  written: (count) => `Written: ${bytes(count)}`,
  noEstimate: "The size shows once it is written.",
  meets: (title) => `Meets ${title}.`,
  fails: (title, reasons) => `Does not meet ${title}: ${reasons.join(" ")}`,
  unchecked: "Checked when the file is written.",
};
