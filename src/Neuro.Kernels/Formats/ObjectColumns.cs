using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>What <c>objects.parquet</c> says of an instance; pixels, metres and degrees as in <see cref="Instance"/>, −1 for a place where it has none.</summary>
internal sealed class ObjectColumns
{
    private const int None = -1;

    private readonly NumberColumn<int> image = new("image");
    private readonly NumberColumn<int> id = new("id");
    private readonly NumberColumn<int> classId = new("class");
    private readonly TextColumn sku = new("sku");
    private readonly NumberColumn<int>[] box = Columns<int>("bbox_x", "bbox_y", "bbox_width", "bbox_height");
    private readonly NumberColumn<int> area = new("area");
    private readonly NumberColumn<int> unoccluded = new("unoccluded_area");
    private readonly NumberColumn<float> visibility = new("visibility");
    private readonly NumberColumn<int>[] amodal = Columns<int>("amodal_x", "amodal_y", "amodal_width", "amodal_height");
    private readonly NumberColumn<float> truncation = new("truncation");
    private readonly NumberColumn<float>[] turned = Columns<float>("oriented_x", "oriented_y", "oriented_width", "oriented_height", "oriented_angle");
    private readonly NumberColumn<float>[] pose = Columns<float>("rotation_x", "rotation_y", "rotation_z", "rotation_w", "x", "y", "z");
    private readonly NumberColumn<float>[] size = Columns<float>("width", "height", "depth");
    private readonly NumberColumn<float> frontAngle = new("front_angle");
    private readonly NumberColumn<int>[] place = Columns<int>("row", "facing", "layer", "slot", "price_tag");

    public ObjectColumns() =>
        All = [image, id, classId, sku, .. box, area, unoccluded, visibility, .. amodal, truncation, .. turned, .. pose, .. size, frontAngle, .. place];

    public IReadOnlyList<ParquetColumn> All { get; }

    public void Add(ImageLabels labels)
    {
        foreach (var one in labels.Instances)
        {
            image.Add(labels.Index);
            id.Add(one.Id);
            classId.Add(one.ClassId);
            sku.Add(one.Sku);
            Add(box, one.Box.X, one.Box.Y, one.Box.Width, one.Box.Height);
            area.Add(one.Area);
            unoccluded.Add(one.UnoccludedArea);
            visibility.Add(one.Visibility);
            Add(amodal, one.AmodalBox.X, one.AmodalBox.Y, one.AmodalBox.Width, one.AmodalBox.Height);
            truncation.Add(one.Truncation);
            Add(turned, one.OrientedBox.CentreX, one.OrientedBox.CentreY, one.OrientedBox.Width, one.OrientedBox.Height, one.OrientedBox.Angle);
            var (turn, at) = (one.Pose.Rotation, one.Pose.Translation);
            Add(pose, turn.X, turn.Y, turn.Z, turn.W, at.X, at.Y, at.Z);
            Add(size, one.Size.X, one.Size.Y, one.Size.Z);
            frontAngle.Add(one.FrontAngle);
            var stands = one.Place ?? new ShelfPlace(None, None, None, None, None);
            Add(place, stands.Row, stands.Facing, stands.Layer, stands.Slot, stands.PriceTag);
        }
    }

    private static NumberColumn<T>[] Columns<T>(params ReadOnlySpan<string> names)
        where T : struct
    {
        var columns = new NumberColumn<T>[names.Length];
        for (var at = 0; at < names.Length; at++)
        {
            columns[at] = new(names[at]);
        }

        return columns;
    }

    private static void Add<T>(NumberColumn<T>[] columns, params ReadOnlySpan<T> values)
        where T : struct
    {
        for (var at = 0; at < columns.Length; at++)
        {
            columns[at].Add(values[at]);
        }
    }
}
