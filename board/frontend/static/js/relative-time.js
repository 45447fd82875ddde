/**
 * Relative times: "3 minutes ago" for a week, then the date the server wrote; that date is always the title.
 */
const UNITS = [["minute", 1, 60], ["hour", 60, 1440], ["day", 1440, 10_080]]; // how many minutes, and up to which

function ageText(time, format, justNow) {
  time.title ||= time.textContent.trim();
  const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
  if (minutes < 1) return justNow;
  for (const [unit, size, end] of UNITS) if (minutes < end) return format.format(-Math.floor(minutes / size), unit);
  return time.title;
}

export function updateAges(root, lang, justNow) {
  const format = new Intl.RelativeTimeFormat(lang);
  for (const time of root.querySelectorAll("time[data-relative]")) {
    const text = ageText(time, format, justNow);
    if (time.textContent !== text) time.textContent = text;
  }
}
