using Neuro.Notebooks.Engine.Scripting;

namespace Neuro.Notebooks.Engine;

/// <summary>A type as C# source names it.</summary>
internal static class TypeSyntax
{
    /// <summary>The full name of the type, or of its nearest base that code outside its assembly can name.</summary>
    public static string Of(Type type)
    {
        while (!type.IsVisible)
        {
            type = type.BaseType ?? typeof(object);
        }

        return Name(type);
    }

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            return ArrayName(type);
        }

        var arguments = new Queue<Type>(type.GetGenericArguments());
        var outward = new Stack<Type>();
        // A type that a cell declared lies inside the class that the cell was compiled to, which has no name in C#: later cells name the type alone.
        var cell = false;
        for (var level = type; level is not null && !(cell = level.DeclaringType is null && ScriptChain.IsCell(level.Assembly) && level.Name.Contains('#')); level = level.DeclaringType)
        {
            outward.Push(level);
        }

        var names = outward.Select(level =>
        {
            var (name, arity) = level.Name.Split('`') is [var bare, var count] ? (bare, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)) : (level.Name, 0);
            return arity == 0 ? "@" + name : $"@{name}<{string.Join(", ", Enumerable.Range(0, arity).Select(_ => Name(arguments.Dequeue())))}>";
        });
        return cell ? string.Join('.', names) : $"global::{(type.Namespace is { } space ? space + "." : "")}{string.Join('.', names)}";
    }

    /// <summary>C# writes the outermost rank first: an array of int[,] is int[][,].</summary>
    private static string ArrayName(Type type)
    {
        var ranks = "";
        while (type.IsArray)
        {
            ranks += $"[{new string(',', type.GetArrayRank() - 1)}]";
            type = type.GetElementType()!;
        }

        return Name(type) + ranks;
    }
}
