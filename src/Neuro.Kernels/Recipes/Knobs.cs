using System.Reflection;
using System.Text.Json;

namespace Neuro.Kernels.Recipes;

/// <summary>The recipe records seen as JSON: their properties are the schema, <see cref="AllowedAttribute"/> the ranges.</summary>
internal static class Knobs
{
    /// <summary>What can stand in JSON under an object of this type, what all generators have first.</summary>
    public static IReadOnlyList<PropertyInfo> Properties(Type type) =>
        [.. type.BaseType is { } parent && parent != typeof(object) ? Properties(parent) : [], .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite)];

    public static string Name(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    public static AllowedAttribute? Allowed(PropertyInfo property) => property.GetCustomAttribute<AllowedAttribute>() is { } allowed && property.PropertyType == typeof(int)
        ? new AllowedAttribute(allowed.Least, allowed.Most) { Whole = true }
        : property.GetCustomAttribute<AllowedAttribute>();

    public static bool IsGroup(PropertyInfo property) => property.PropertyType.Name.EndsWith(nameof(Knobs), StringComparison.Ordinal);

    /// <summary>Everything with a range: <c>width</c>, <c>rows</c>, <c>camera.distance</c>.</summary>
    public static IReadOnlyList<string> Paths(Type type) =>
        [.. Properties(type).SelectMany(property => IsGroup(property) ? Paths(property.PropertyType).Select(inner => $"{Name(property)}.{inner}") : Allowed(property) is null ? [] : [Name(property)])];

    /// <summary>The likeliest meanings of a misspelt name, to be read after "expected".</summary>
    public static string Nearest(string given, IEnumerable<string> known) => string.Join(" or ", Spelling.Nearest(given, known).Take(3));
}
