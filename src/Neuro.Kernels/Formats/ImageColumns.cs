using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>What <c>index.parquet</c> says of an image: its shard, where each of its files lies in that tar (bytes), and its counts.</summary>
internal sealed class ImageColumns
{
    public const string Image = "image";

    private readonly NumberColumn<int> image = new(Image);
    private readonly NumberColumn<int> shard = new("shard");
    private readonly NumberColumn<int> width = new("width");
    private readonly NumberColumn<int> height = new("height");
    private readonly NumberColumn<int> objects = new("objects");
    private readonly NumberColumn<int> truncated = new("truncated");
    private readonly NumberColumn<int> gaps = new("gaps");
    private readonly NumberColumn<int> priceTags = new("price_tags");
    private readonly Dictionary<string, (NumberColumn<long> Offset, NumberColumn<int> Length)> members;

    public ImageColumns(IReadOnlyList<string> kinds)
    {
        members = kinds.ToDictionary(kind => kind, kind => (new NumberColumn<long>(Offset(kind)), new NumberColumn<int>($"{Stem(kind)}_length")));
        All = [image, shard, width, height, objects, truncated, gaps, priceTags, .. kinds.SelectMany(kind => (ParquetColumn[])[members[kind].Offset, members[kind].Length])];
    }

    public IReadOnlyList<ParquetColumn> All { get; }

    /// <summary>The column that says where a kind of file begins: <c>depth_offset</c> for <c>.depth.png</c>.</summary>
    public static string Offset(string kind) => $"{Stem(kind)}_offset";

    public void Add(int number, ImageLabels labels, IReadOnlyList<MemberPlace> places)
    {
        image.Add(labels.Index);
        shard.Add(number);
        width.Add(labels.Width);
        height.Add(labels.Height);
        objects.Add(labels.Instances.Count);
        truncated.Add(labels.Instances.Count(one => one.Truncated));
        gaps.Add(labels.Gaps.Count);
        priceTags.Add(labels.PriceTags.Count);
        foreach (var place in places)
        {
            members[place.Kind].Offset.Add(place.Offset);
            members[place.Kind].Length.Add(place.Length);
        }
    }

    private static string Stem(string kind) => kind.Split('.')[1];
}
