using System.Globalization;
using System.Text;

namespace Neuro.Kernels.Formats;

/// <summary>A data card as a page for people.</summary>
internal static class DataCardReadme
{
    private static readonly (string Map, string Meaning)[] MapMeanings =
    [
        (PixelMaps.Parts, "part or face ids, 8-bit grey"),
        (PixelMaps.Normals, "unit normals in world axes, 8-bit RGB: round((n + 1) · 127.5), black where nothing is"),
        (PixelMaps.Albedo, "reflectance, as it is seen through glass, 8-bit RGB, sRGB-encoded"),
        (PixelMaps.Irradiance, "light on the surface, 16-bit RGB, linear: 16,383.75 makes white paper white, cut off at four times that, in steps of 64"),
        (PixelMaps.Shadow, "shadow of the lamps, 8-bit grey: 0 lit, 255 in full shadow"),
        (PixelMaps.Uv, "place in the print, 16-bit RGB: u · 65,535, v · 65,535 in steps of 16, and 65,535 where something printed is"),
    ];

    public static string Write(DataCard card)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # {card.Name}

            {card.Images:N0} rendered images with {card.Objects:N0} labelled products of {card.Classes.Count:N0} classes, made by the generator `{card.Generator}` (version {card.GeneratorVersion}).

            | | |
            |---|---|
            | recipe | `{card.RecipeHash}`, in `{DataCard.RecipeName}` |
            | seed | {card.Seed} |
            | catalogue | {card.Catalogue}, `{card.CatalogueHash}` |
            | images | {card.Images:N0} in {card.Shards.Count:N0} {(card.Shards.Count == 1 ? "shard" : "shards")}, {card.Shards.Sum(shard => shard.Bytes) / 1e6:N1} MB |
            | audit certificate | {card.Audit.Boxes:N0} instances derived again from the written id pictures, {card.Audit.Mismatches:N0} mismatches |

            ## Make it again

            Image *k* is a function of recipe, catalogue, seed and *k* alone:

            ```
            neuro datasets render --catalogue FOLDER --recipe {DataCard.RecipeName} --seed {card.Seed} --images {card.Images} --out NEW-FOLDER
            ```

            ## Files

            `shard-*.tar`: tar files by WebDataset's convention, an image's files share the name before the first dot. `index.parquet`: a row an image, with the place of each file in its tar.
            `objects.parquet`: a row an instance. `card.json`: this page for programs, with a number for each class under `confusables`: classes of the same number are easily taken for each other.

            | member | what | unit, convention |
            |---|---|---|
            | `000012.jpg` | the picture | 8-bit RGB |
            | `000012.depth.png` | depth | 16-bit grey, millimetres along the optical axis; 0 where nothing is |
            | `000012.ids.png` | instance ids | 16-bit grey; 0 where no labelled product is |
            | `000012.json` | labels | below |
            | `coco.json` | the shard's labels as COCO detection, instances and keypoints | category ids are class ids, from 0 |
            | `shard.json` | what the shard holds, with its audit | |

            """);
        foreach (var (map, meaning) in MapMeanings.Where(known => card.Maps.Contains(known.Map)))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nPixel map `000012.{map}.png`: {meaning}.\n");
        }

        text.Append("""

            ## Labels

            Pixels count from the upper left corner of the picture, 0.5 is the middle of the first. Lengths are metres, angles degrees, a rotation is a quaternion `[x, y, z, w]`.
            The camera looks along z, x points right, y down (OpenCV); in the world y points up and z out of the shelf.

            | label | what |
            |---|---|
            | `bbox`, `area`, `segmentation` | tight box `[x, y, width, height]`, pixels and compressed COCO run lengths of what is visible |
            | `amodalBbox`, `unoccludedArea`, `amodalSegmentation` | the same of what would be visible in the frame if nothing stood before it |
            | `visibility` | area / unoccludedArea |
            | `truncation` | share of the silhouette outside the frame |
            | `orientedBox` | smallest turned rectangle around the visible pixels: centre, width, height, angle (clockwise, −45 to 45) |
            | `rotation`, `translation`, `size` | from the product's axes (x right, y up, z out of its front, origin in the middle) to the camera's; width, height, depth: pose and 3-D box |
            | `keypoints` | the eight corners of the 3-D box as `x, y, v`: front from its upper left clockwise, then back; v 0 not in the picture, 1 hidden, 2 visible |
            | `frontAngle` | between the front and the direction to the camera: 0 shows the front, 180 the back |
            | `place` | row (0 lowest), facing (from the left), layer (0 front), planogram slot, id of the price tag or −1 |
            | `gaps`, `priceTags` | empty places and price tags in the frame; class −1 for an unknown article |
            | `camera` | focal lengths and principal point in pixels, radial distortion k1 and k2, pose from the world |

            ## Classes

            | id | name | instances |
            |---:|---|---:|

            """);
        for (var id = 0; id < card.Classes.Count; id++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {id} | {card.Classes[id].Replace("|", "\\|", StringComparison.Ordinal)} | {card.ClassHistogram[id]:N0} |\n");
        }

        return text.ToString();
    }
}
