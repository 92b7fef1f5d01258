using System.Text.Json;

namespace Neuro.Kernels.Recipes;

/// <summary>The solid that a product is rendered as. In JSON in small letters with hyphens: <c>gable-top-cap</c>.</summary>
public enum ProductShape
{
    /// <summary>A cuboid.</summary>
    Box,

    /// <summary>A drink carton with a flat, folded top.</summary>
    BrickCarton,

    /// <summary>A carton with a roof and a fin on it.</summary>
    GableTop,

    /// <summary>A carton with a roof and a screw cap on its slope.</summary>
    GableTopCap,

    /// <summary>A carton whose top slopes to the front, with a screw cap on it.</summary>
    SlantTopCap,

    /// <summary>A carton whose upper end is the shoulder and neck of a bottle.</summary>
    CartonBottle,

    /// <summary>Round, with shoulder, neck and cap.</summary>
    Bottle,

    /// <summary>Round, with a wide lid.</summary>
    Jar,

    /// <summary>Round, of metal, with rims.</summary>
    Can,

    /// <summary>Round, wider at the top, with a lid.</summary>
    Tub,

    /// <summary>A bag filled with air and sealed at both ends.</summary>
    PillowBag,

    /// <summary>A bag that stands on its folded bottom.</summary>
    Pouch,

    /// <summary>A plain upright cylinder; its picture is the whole wrap.</summary>
    Cylinder,
}

internal static class ProductShapes
{
    /// <summary>Whether its width is a diameter, its depth the same, and its print a wrap.</summary>
    public static bool IsRound(this ProductShape shape) =>
        shape is ProductShape.Bottle or ProductShape.Jar or ProductShape.Can or ProductShape.Tub or ProductShape.Cylinder;

    /// <summary>Whether it can be made of glass.</summary>
    public static bool CanBeGlass(this ProductShape shape) => shape is ProductShape.Bottle or ProductShape.Jar;

    /// <summary>The face that a product's only picture shows.</summary>
    public static Face PictureFace(this ProductShape shape) => shape is ProductShape.Cylinder ? Face.Wrap : Face.Front;

    /// <summary>Whether this shape has that face.</summary>
    public static bool Has(this ProductShape shape, Face face) => face switch
    {
        Face.Front or Face.Top or Face.Bottom => true,
        Face.Wrap => shape.IsRound(),
        _ => !shape.IsRound(),
    };

    /// <summary>As in JSON and CSV: small letters, words joined by hyphens.</summary>
    public static string Spelled<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The value of a spelling, or none.</summary>
    public static T? Read<T>(string? spelling)
        where T : struct, Enum => Enum.GetValues<T>().Where(value => value.Spelled() == spelling).Select(value => (T?)value).FirstOrDefault();

    /// <summary>The likeliest meanings of a misspelt value, to be read after "expected".</summary>
    public static string Nearest<T>(string? spelling)
        where T : struct, Enum => Knobs.Nearest(spelling ?? "", Enum.GetValues<T>().Select(value => value.Spelled()));
}
