using System.Globalization;
using System.Numerics;
using System.Text;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary><c>image_2/</c>, <c>label_2/</c>, <c>calib/</c>, and <c>classes.txt</c> (not KITTI's) with the names that its words without blanks stand for.</summary>
/// <remarks>KITTI's object is a car on a plane: its length points along its front, and it turns about the vertical alone; whatever else a pose has is lost.</remarks>
internal sealed class KittiExport : IExport
{
    public const string Classes = "classes.txt";
    public const string Pictures = "image_2";
    public const string Labels = "label_2";

    private readonly ExportFolder folder;
    private readonly IReadOnlyList<string> names;
    private readonly string[] words;

    public KittiExport(ExportFolder folder, IReadOnlyList<string> classes)
    {
        this.folder = folder;
        names = classes;
        words = new string[classes.Count];
        for (var id = 0; id < words.Length; id++)
        {
            var word = string.Concat(classes[id].Select(letter => char.IsWhiteSpace(letter) ? '_' : letter));
            words[id] = word.Length == 0 || words.AsSpan(0, id).Contains(word) ? $"{word}_{id}" : word;
        }
    }

    public void Append(ShardImage image, ImageLabels labels)
    {
        var name = ShardMember.ImageName(image.Index);
        folder.Write($"{Pictures}/{name}.jpg", image.Jpeg);
        folder.Write($"{Labels}/{name}.txt", string.Concat(labels.Instances.Select(Line)));
        folder.Write($"calib/{name}.txt", Calibration(labels.Camera));
    }

    public void Complete() => folder.Write(Classes, string.Concat(words.Zip(names, (word, name) => $"{word}\t{name.ReplaceLineEndings(" ").Replace('\t', ' ')}\n")));

    public void Dispose()
    {
    }

    private string Line(Instance one)
    {
        var front = Vector3.Transform(Vector3.UnitZ, one.Pose.Rotation);
        var bottom = Vector3.Transform(new Vector3(0, -one.Size.Y / 2, 0), one.Pose.Rotation) + one.Pose.Translation;
        var turn = Math.Atan2(-front.Z, front.X);
        var alpha = Math.IEEERemainder(turn - Math.Atan2(bottom.X, bottom.Z), 2 * Math.PI);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{words[one.ClassId]} {one.Truncation:R} {Occluded(one.Visibility)} {alpha:R} ");
        text.Append(CultureInfo.InvariantCulture, $"{one.Box.X} {one.Box.Y} {one.Box.X + one.Box.Width - 1} {one.Box.Y + one.Box.Height - 1} ");
        text.Append(CultureInfo.InvariantCulture, $"{one.Size.Y:R} {one.Size.X:R} {one.Size.Z:R} {bottom.X:R} {bottom.Y:R} {bottom.Z:R} {turn:R}\n");
        return text.ToString();
    }

    /// <summary>0 fully visible, 1 partly, 2 largely occluded.</summary>
    private static int Occluded(float visibility) => visibility >= 0.95f ? 0 : visibility >= 0.5f ? 1 : 2;

    private static string Calibration(CameraLabel camera)
    {
        var projection = string.Create(CultureInfo.InvariantCulture, $"{camera.FocalX:R} 0 {camera.CentreX:R} 0 0 {camera.FocalY:R} {camera.CentreY:R} 0 0 0 1 0");
        return $"P0: {projection}\nP1: {projection}\nP2: {projection}\nP3: {projection}\nR0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 1 0 0 0 0 1 0 0 0 0 1 0\nTr_imu_to_velo: 1 0 0 0 0 1 0 0 0 0 1 0\n";
    }
}
