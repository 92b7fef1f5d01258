using SkiaSharp;

namespace Neuro.Notebooks.Jupyter;

/// <summary>The picture of the kernel in Jupyter's launcher: a shelf's three cartons, the middle one found.</summary>
internal static class KernelLogo
{
    private const string Ground = "M12 0H52A12 12 0 0 1 64 12V52A12 12 0 0 1 52 64H12A12 12 0 0 1 0 52V12A12 12 0 0 1 12 0Z";
    private const string Cartons = "M8 26H20V50H8Z M44 30H56V50H44Z M6 52H58V55H6Z";
    private const string Found = "M25 16H39V50H25Z";
    private const string Corners = "M21 20V12H29 M35 12H43V20";
    private const float Side = 64, Stroke = 2.5f;

    public static string Svg { get; } = FormattableString.Invariant($"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Side} {Side}">
          <path d="{Ground}" fill="#1f2a44"/>
          <path d="{Cartons}" fill="#8fa3c8"/>
          <path d="{Found}" fill="#f4c430"/>
          <path d="{Corners}" fill="none" stroke="#ffffff" stroke-width="{Stroke}"/>
        </svg>
        
        """);

    /// <summary>The same as PNG.</summary>
    /// <param name="pixels">Its width and height.</param>
    public static byte[] Png(int pixels)
    {
        using var surface = SKSurface.Create(new SKImageInfo(pixels, pixels));
        surface.Canvas.Scale(pixels / Side);
        foreach (var (path, colour, stroke) in new[] { (Ground, "#1f2a44", 0f), (Cartons, "#8fa3c8", 0), (Found, "#f4c430", 0), (Corners, "#ffffff", Stroke) })
        {
            using var shape = SKPath.ParseSvgPathData(path);
            using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true, Style = stroke > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill, StrokeWidth = stroke };
            surface.Canvas.DrawPath(shape, paint);
        }

        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
