#:project ../../src/Neuro.Cli
#:property PublishAot=false

// One image of a recipe in the terminal, two pixels a character: dotnet run notebooks/scripts/preview.cs [-- seed [columns]]
using System.Text;
using Neuro.Interactive.Formatting;
using Neuro.Kernels.Formats;
using Neuro.Kernels.Recipes;

var seed = args.Length > 0 ? ulong.Parse(args[0]) : 13;
var columns = args.Length > 1 ? int.Parse(args[1]) : 96;

var catalogue = Catalogue.Load("datasets/corner-shop");
var preview = ScenePreview.Render(ShelfRecipe.Default(catalogue), catalogue, seed);
var picture = Codec.Decode(preview.Rgb, "preview");

// The upper half of a character is its foreground, the lower its background; each is the mean of the pixels beneath it.
var rows = columns * picture.Height / picture.Width / 2 * 2;
for (var row = 0; row < rows; row += 2)
{
    var line = new StringBuilder();
    for (var column = 0; column < columns; column++)
    {
        var (above, below) = (Mean(column, row), Mean(column, row + 1));
        line.Append($"\e[38;2;{above.R};{above.G};{above.B}m\e[48;2;{below.R};{below.G};{below.B}m▀");
    }

    Console.WriteLine(line + "\e[0m");
}

Console.WriteLine($"{preview.Labels.Instances.Count} products, seed {seed}, recipe {preview.RecipeHash[..12]}");

(int R, int G, int B) Mean(int column, int row)
{
    var (left, right) = (column * picture.Width / columns, Math.Max((column * picture.Width / columns) + 1, (column + 1) * picture.Width / columns));
    var (top, bottom) = (row * picture.Height / rows, Math.Max((row * picture.Height / rows) + 1, (row + 1) * picture.Height / rows));
    var (red, green, blue) = (0, 0, 0);
    for (var y = top; y < bottom; y++)
    {
        for (var x = left; x < right; x++)
        {
            var at = ((y * picture.Width) + x) * 3;
            (red, green, blue) = (red + picture.Rgb[at], green + picture.Rgb[at + 1], blue + picture.Rgb[at + 2]);
        }
    }

    var pixels = (right - left) * (bottom - top);
    return (red / pixels, green / pixels, blue / pixels);
}
