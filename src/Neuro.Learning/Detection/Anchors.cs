namespace Neuro.Learning.Detection;

/// <summary>The boxes and points that heads predict from, cell by cell in rows from the upper left.</summary>
internal static class Anchors
{
    /// <summary>One feature map of an SSD.</summary>
    /// <param name="Cells">Cells along each side.</param>
    /// <param name="Scale">Side of its square box as a share of the picture's.</param>
    /// <param name="NextScale">Scale of the next map: a second square is between both.</param>
    /// <param name="Ratios">Width over height above 1; each comes with its inverse.</param>
    internal sealed record SsdMap(int Cells, double Scale, double NextScale, IReadOnlyList<double> Ratios)
    {
        public int BoxesPerCell => 2 + 2 * Ratios.Count;
    }

    /// <summary>The maps of SSD300 (Liu et al. 2016, sections 2.2 and 3.1): 8,732 boxes. Scales 0.1 for conv4_3, then 0.2 to 0.9 in even steps (equation 4).</summary>
    public static IReadOnlyList<SsdMap> Ssd300 { get; } =
    [
        new(38, 0.1, 0.2, [2]), new(19, 0.2, 0.375, [2, 3]), new(10, 0.375, 0.55, [2, 3]), new(5, 0.55, 0.725, [2, 3]), new(3, 0.725, 0.9, [2]), new(1, 0.9, 1.075, [2]),
    ];

    /// <summary>The maps of an SSD of other sizes by the rule of SSD300: the finest has the scale 0.1, the others 0.2 to 0.9 in even steps; four boxes a cell
    /// have the ratio 2, six 2 and 3.</summary>
    /// <param name="grids">Cells along each side, and boxes a cell; finest first.</param>
    public static IReadOnlyList<SsdMap> SsdMaps(IReadOnlyList<(int Cells, int BoxesPerCell)> grids)
    {
        var step = grids.Count > 2 ? (0.9 - 0.2) / (grids.Count - 2) : 0.7;
        double Scale(int k) => k == 0 ? 0.1 : 0.2 + (step * (k - 1));
        return [.. grids.Select((grid, k) => new SsdMap(grid.Cells, Scale(k), Scale(k + 1), [.. Enumerable.Range(2, Math.Max(0, (grid.BoxesPerCell - 2) / 2)).Select(ratio => (double)ratio)]))];
    }

    /// <summary>Default boxes of an SSD as corners in pixels; of each cell first the square, then the larger square, then each ratio and its inverse.</summary>
    /// <param name="maps">Finest first.</param>
    /// <param name="side">Pixels of the square picture.</param>
    public static float[] Ssd(IReadOnlyList<SsdMap> maps, int side) =>
        [.. maps.SelectMany(map =>
            Cells(map.Cells, map.Cells, (double)side / map.Cells, 0.5)
                .SelectMany(centre => Shapes(map).SelectMany(shape => Box(centre, shape.Width * side, shape.Height * side))))];

    /// <summary>Anchors of a region proposal network over one level (Ren et al. 2015; one size a level as in Lin et al. 2017): corners in pixels around the upper
    /// left corner of each cell, as in Detectron2.</summary>
    /// <param name="height">Cells.</param>
    /// <param name="width">Cells.</param>
    /// <param name="stride">Pixels a cell.</param>
    /// <param name="size">Side of the square anchor in pixels; the others have its area.</param>
    /// <param name="ratios">Height over width.</param>
    public static float[] Rpn(int height, int width, int stride, double size, IReadOnlyList<double> ratios) =>
        [.. Cells(height, width, stride, 0).SelectMany(centre => ratios.SelectMany(ratio => Box(centre, size / Math.Sqrt(ratio), size * Math.Sqrt(ratio))))];

    /// <summary>Centres of the cells of an anchor-free head: x, y in pixels.</summary>
    public static float[] Centres(int height, int width, int stride) =>
        [.. Cells(height, width, stride, 0.5).SelectMany(centre => new[] { (float)centre.X, (float)centre.Y })];

    private static IEnumerable<(double Width, double Height)> Shapes(SsdMap map)
    {
        var between = Math.Sqrt(map.Scale * map.NextScale);
        return map.Ratios.SelectMany(ratio => new[] { ratio, 1 / ratio }).Select(ratio => (map.Scale * Math.Sqrt(ratio), map.Scale / Math.Sqrt(ratio)))
            .Prepend((between, between)).Prepend((map.Scale, map.Scale));
    }

    private static IEnumerable<(double X, double Y)> Cells(int height, int width, double stride, double offset) =>
        from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) select ((x + offset) * stride, (y + offset) * stride);

    private static float[] Box((double X, double Y) centre, double width, double height) =>
        [(float)(centre.X - width / 2), (float)(centre.Y - height / 2), (float)(centre.X + width / 2), (float)(centre.Y + height / 2)];
}
