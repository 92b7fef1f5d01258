using System.Text.Json;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

namespace Neuro.Cli.Fleets;

/// <summary>Products of one colour and a band each, so that a fleet needs no files.</summary>
internal static class FleetCatalogue
{
    private const int Side = 96;
    private static readonly byte[][] Colours = [[200, 60, 50], [60, 120, 200], [240, 190, 60], [70, 150, 90], [150, 90, 170], [230, 130, 60]];

    public static Catalogue Make(string folder)
    {
        Directory.CreateDirectory(folder);
        var products = Colours.Select((colour, number) =>
        {
            File.WriteAllBytes(Path.Combine(folder, $"{number}.png"), Codec.Png(Label(colour, number)));
            return new { sku = $"c{number}", name = $"Carton {number + 1}", shape = "box", widthMm = 60 + (10 * number), heightMm = 150, depthMm = 50, picture = $"{number}.png" };
        });
        File.WriteAllText(Path.Combine(folder, "catalogue.json"), JsonSerializer.Serialize(new { name = "cartons", products }));
        return Catalogue.Load(folder);
    }

    private static Image Label(byte[] colour, int number)
    {
        var rgb = new byte[Side * Side * 3];
        for (var at = 0; at < rgb.Length; at++)
        {
            var band = at / (Side * 3) / 8 == 2 + number;
            rgb[at] = band ? (byte)245 : colour[at % 3];
        }

        return new Image(Side, Side, rgb);
    }
}
