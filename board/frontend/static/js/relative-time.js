/**
 * Relative times: "3 minutes ago" for a week, then the date the server wrote; that date is always the title.
 */
function ageText(time, format, justNow) {
  time.title ||= time.textContent.trim();
  const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
  if (minutes < 1) return justNow;
  if (minutes < 60) return format.format(-minutes, "minute");
  if (minutes < 24 * 60) return format.format(-Math.floor(minutes / 60), "hour");
  if (minutes < 7 * 24 * 60) return format.format(-Math.floor(minutes / 60 / 24), "day");
  return time.title;
}

export function updateAges(root, lang, justNow) {
  const format = new Intl.RelativeTimeFormat(lang);
  for (const time of root.querySelectorAll("time[data-relative]")) {
    const text = ageText(time, format, justNow);
    if (time.textContent !== text) time.textContent = text;
  }
}
