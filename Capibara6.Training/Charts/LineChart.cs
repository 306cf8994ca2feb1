using System.Globalization;
using System.Text;

namespace Capibara6.Training.Charts;

/// <summary>A chart of lines as SVG, the same text for the same data.</summary>
internal sealed class LineChart(string title, string horizontal, string vertical, (double Low, double High) x, (double Low, double High) y)
{
    private const int Width = 640;
    private const int Height = 400;
    private const int Left = 64;
    private const int Right = 24;
    private const int Top = 40;
    private const int Bottom = 56;
    private const int Ticks = 5;

    private static readonly string[] s_colours = ["#1f6feb", "#c2410c", "#15803d", "#7c3aed", "#6b7280"];

    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points, bool IsDashed)> _lines = [];

    public LineChart Add(string name, IReadOnlyList<(double X, double Y)> points, bool isDashed = false)
    {
        _lines.Add((name, points, isDashed));
        return this;
    }

    public void Save(string file) => File.WriteAllText(file, ToSvg());

    public string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12" role="img">
            <title>{title}</title>
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            <text x="{Width / 2}" y="22" text-anchor="middle" font-size="15">{title}</text>
            <text x="{(Width + Left - Right) / 2}" y="{Height - 12}" text-anchor="middle">{horizontal}</text>
            <text transform="translate(16 {(Height + Top - Bottom) / 2}) rotate(-90)" text-anchor="middle">{vertical}</text>

            """);
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var (atX, atY) = (x.Low + ((x.High - x.Low) * tick / Ticks), y.Low + ((y.High - y.Low) * tick / Ticks));
            svg.Append(CultureInfo.InvariantCulture, $"""
                <path d="M{Left} {Down(atY)}H{Width - Right}" stroke="#e5e7eb"/>
                <text x="{Left - 8}" y="{Down(atY)}" text-anchor="end" dominant-baseline="middle">{atY:0.###}</text>
                <text x="{Across(atX)}" y="{Height - Bottom + 18}" text-anchor="middle">{atX:0.###}</text>

                """);
        }

        for (var line = 0; line < _lines.Count; line++)
        {
            Append(svg, line);
        }

        return svg.Append("</svg>\n").ToString().ReplaceLineEndings("\n");
    }

    private void Append(StringBuilder svg, int line)
    {
        var (name, points, isDashed) = _lines[line];
        var colour = s_colours[line % s_colours.Length];
        var path = string.Join(' ', points.Select(point => $"{Across(point.X)},{Down(point.Y)}"));
        var dashes = isDashed ? " stroke-dasharray=\"5 4\"" : "";
        svg.Append(CultureInfo.InvariantCulture, $"""
            <polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>
            <path d="M{Left + 12} {Top + 12 + (18 * line)}h22" stroke="{colour}" stroke-width="2"{dashes}/>
            <text x="{Left + 40}" y="{Top + 12 + (18 * line)}" dominant-baseline="middle">{name}</text>

            """);
    }

    private string Across(double value) => Place(Left + ((value - x.Low) / (x.High - x.Low) * (Width - Left - Right)));

    private string Down(double value) => Place(Height - Bottom - ((value - y.Low) / (y.High - y.Low) * (Height - Top - Bottom)));

    private static string Place(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
