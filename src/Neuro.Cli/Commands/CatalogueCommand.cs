using System.CommandLine;
using Neuro.Kernels.Artwork;

namespace Neuro.Cli.Commands;

/// <summary><c>neuro catalogue draw</c>: makes the label art of a fictional catalogue again from its descriptions.</summary>
internal static class CatalogueCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "A catalogue folder with label descriptions, such as datasets/corner-shop." };
        var draw = new Command("draw", "Draws the label art of a fictional catalogue from its descriptions.") { folder };
        draw.SetAction(parsed =>
        {
            LabelArt.DrawAll(parsed.GetValue(folder)!);
            Console.WriteLine($"Drew the labels of {parsed.GetValue(folder)}.");
            return 0;
        });
        return new Command("catalogue", "Product catalogues.") { draw };
    }
}
