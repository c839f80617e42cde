"""Draws the losses of a training log as an SVG picture."""
import json

WIDTH, HEIGHT, EDGE = 720, 320, 44
COLOURS = {"score": "#2563eb", "box": "#d97706"}


def draw_curve(log, picture):
    """log: lines of JSON with `seen` and the losses; picture: the file to write."""
    if not log.exists():
        return
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    # At most 300 points, each the mean of as many lines.
    group = max(1, len(lines) // 300)
    parts = [lines[i : i + group] for i in range(0, len(lines), group)]
    most_seen = lines[-1]["seen"]
    top = max(sum(line[name] for line in part) / len(part) for part in parts for name in COLOURS)
    shapes = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        y, x = HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), EDGE + share * (WIDTH - 2 * EDGE)
        shapes.append(f'<path d="M{EDGE} {y:.1f}H{WIDTH - EDGE}" stroke="#e5e7eb"/>')
        shapes.append(f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{share * top:.2f}</text>')
        shapes.append(f'<text x="{x:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{share * most_seen / 1000:.0f}k</text>')
    for place, (name, colour) in enumerate(COLOURS.items()):
        points = []
        for part in parts:
            x = EDGE + part[-1]["seen"] / most_seen * (WIDTH - 2 * EDGE)
            y = HEIGHT - EDGE - sum(line[name] for line in part) / len(part) / top * (HEIGHT - 2 * EDGE)
            points.append(f"{x:.1f},{y:.1f}")
        shapes.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        shapes.append(f'<text x="{EDGE + 12 + 110 * place}" y="26" fill="{colour}">{name} loss</text>')
    shapes.append(f'<text x="{WIDTH - EDGE}" y="26" text-anchor="end">pictures seen</text>')
    body = "\n".join(shapes)
    picture.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">\n'
        f"<title>Losses over the pictures seen in training</title>\n{body}\n</svg>\n"
    )
