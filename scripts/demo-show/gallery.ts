/** The demo's picture wall: one HTML page that lists the newest alerts with their redacted pictures and reloads itself. */

export interface ShownAlert {
  readonly id: string
  readonly kind: string
  readonly severity: string
  readonly camera: string
  readonly began: string
  readonly ended?: string
  readonly text: string
  /** File name beside the page; absent while there is none. */
  readonly picture?: string
  readonly missing?: string
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

function card(alert: ShownAlert): string {
  const picture = alert.picture
    ? `<img src="${encodeURIComponent(alert.picture)}" alt="redacted picture of an alert">`
    : `<p class="none">no picture${alert.missing ? `: ${escapeHtml(alert.missing)}` : ''}</p>`
  const time = `${escapeHtml(alert.began)}${alert.ended ? ` – ${escapeHtml(alert.ended)}` : ' · open'}`
  return `<article class="${escapeHtml(alert.severity)}">${picture}<h2>${escapeHtml(alert.kind)}</h2>
<p>${escapeHtml(alert.camera)} · ${time}</p><p>${escapeHtml(alert.text)}</p></article>`
}

/** The whole page, in the order given. */
export function galleryPage(alerts: readonly ShownAlert[]): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Sky-eye demo</title>
<style>
body { font: 15px system-ui, sans-serif; background: #14181d; color: #dde3ea; margin: 24px }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 16px }
article { background: #1e242c; border-left: 4px solid #5b8def; border-radius: 6px; padding: 12px }
article.major { border-color: #e8a13a } article.critical { border-color: #e5533d }
img { width: 100%; border-radius: 4px } h2 { margin: 8px 0 0; font-size: 17px } p { margin: 4px 0; color: #9fb0c3 }
.none { padding: 40px 0; text-align: center }
</style>
<h1>Sky-eye demo: ${alerts.length} alerts</h1>
<p>Faces are hidden before a picture leaves the gateway. This page reloads itself.</p>
<main>${alerts.map(card).join('\n')}</main></html>
`
}
