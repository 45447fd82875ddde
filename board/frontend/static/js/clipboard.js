/** Copy to the clipboard. False when the reader has to copy: the text is then shown in `field`. */
export async function copyToClipboard(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no clipboard outside https, or not allowed: the text itself, ready to copy
    field.value = text;
    field.hidden = false;
    field.select();
    return document.execCommand("copy");
  }
}
