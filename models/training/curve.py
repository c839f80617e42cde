"""Draws the losses of a training log as an SVG picture."""
import json
import math

# Of the picture, and of the margin around the curves, pixels.
WIDTH, HEIGHT, EDGE = 720, 320, 44
MOST_POINTS = 300
COLOURS = {"score": "#2563eb", "box": "#d97706"}


def draw_curve(log, picture):
    """log: lines of JSON with `seen` and the losses; picture: the file to write."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    if not lines:
        return
    # At most MOST_POINTS, each the mean of as many lines.
    group = math.ceil(len(lines) / MOST_POINTS)
    parts = [lines[i : i + group] for i in range(0, len(lines), group)]
    most_seen = lines[-1]["seen"]
    means = [{name: sum(line[name] for line in part) / len(part) for name in COLOURS} for part in parts]
    top = max(max(mean.values()) for mean in means)
    shapes = grid(top, most_seen)
    for place, (name, colour) in enumerate(COLOURS.items()):
        points = []
        for part, mean in zip(parts, means):
            x = EDGE + part[-1]["seen"] / most_seen * (WIDTH - 2 * EDGE)
            y = HEIGHT - EDGE - mean[name] / top * (HEIGHT - 2 * EDGE)
            points.append(f"{x:.1f},{y:.1f}")
        path = " ".join(points)
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        shapes.append(f'<text x="{EDGE + 12 + 110 * place}" y="26" fill="{colour}">{name} loss</text>')
    body = "\n".join(shapes)
    picture.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="11">\n'
        f"<title>Losses over the pictures seen in training</title>\n{body}\n</svg>\n"
    )


def grid(top, most_seen):
    """White ground, lines at quarters, their losses on the left and their thousands of pictures below."""
    shapes = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        y, x = HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), EDGE + share * (WIDTH - 2 * EDGE)
        thousands = f"{share * most_seen / 1000:.0f}k"
        shapes.append(f'<path d="M{EDGE} {y:.1f}H{WIDTH - EDGE}" stroke="#e5e7eb"/>')
        shapes.append(f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{share * top:.2f}</text>')
        shapes.append(f'<text x="{x:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{thousands}</text>')
    middle, below = WIDTH / 2, HEIGHT - EDGE + 36
    shapes.append(f'<text x="{middle:.0f}" y="{below}" text-anchor="middle">pictures seen</text>')
    return shapes
