using Neuro.Kernels.Artwork;

namespace Neuro.Kernels.Recipes;

/// <summary>The artwork of the products and backgrounds used last, drawn when it is first wanted and let go when others need the room. Safe to call from many threads.</summary>
/// <param name="draw">The artwork of a key, and the bytes that it holds before a face is drawn.</param>
/// <param name="capacity">Bytes; the artwork asked for last is kept even where it alone is larger.</param>
internal sealed class ArtworkCache(Func<int, (IArtwork Artwork, long Bytes)> draw, long capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, Entry> entries = [];
    private readonly LinkedList<Entry> byUse = [];
    private long held;

    /// <summary>Bytes of what is kept.</summary>
    public long Held
    {
        get
        {
            lock (gate)
            {
                return held;
            }
        }
    }

    /// <summary>The texture of a face: the same object for as long as it is kept.</summary>
    public Texture Get(int key, Face face) => Get(key, face, out _);

    /// <summary>What faces are drawn from; it knows the pictures' proportions.</summary>
    public IArtwork Get(int key)
    {
        Get(key, Face.Front, out var artwork);
        return artwork;
    }

    private Texture Get(int key, Face face, out IArtwork artwork)
    {
        var entry = Find(key);
        try
        {
            (artwork, var bytes) = entry.Drawn.Value;
            var texture = artwork.Of(face);
            Charge(entry, face, bytes, texture);
            return texture;
        }
        catch (KernelsException)
        {
            // What could not be read now may be readable later.
            Remove(entry);
            throw;
        }
    }

    private Entry Find(int key)
    {
        lock (gate)
        {
            if (entries.TryGetValue(key, out var entry))
            {
                byUse.Remove(entry.Place);
            }
            else
            {
                entries.Add(key, entry = new Entry(key, new(() => draw(key))));
            }

            byUse.AddFirst(entry.Place);
            return entry;
        }
    }

    private void Charge(Entry entry, Face face, long bytes, Texture texture)
    {
        lock (gate)
        {
            // Another thread may have needed the room in the meantime; what was drawn is then its caller's alone.
            if (entry.Place.List is null || !entry.Faces.Add(face))
            {
                return;
            }

            // As much again for the sizes that scenes fit a texture to.
            var cost = (entry.Faces.Count == 1 ? bytes : 0) + (2 * texture.Bytes);
            entry.Bytes += cost;
            held += cost;
            while (held > capacity && byUse.Last!.Value != entry)
            {
                Forget(byUse.Last.Value);
            }
        }
    }

    private void Remove(Entry entry)
    {
        lock (gate)
        {
            if (entry.Place.List is not null)
            {
                Forget(entry);
            }
        }
    }

    private void Forget(Entry entry)
    {
        byUse.Remove(entry.Place);
        entries.Remove(entry.Key);
        held -= entry.Bytes;
    }

    private sealed class Entry
    {
        public Entry(int key, Lazy<(IArtwork Artwork, long Bytes)> drawn)
        {
            (Key, Drawn) = (key, drawn);
            Place = new(this);
        }

        public int Key { get; }

        public Lazy<(IArtwork Artwork, long Bytes)> Drawn { get; }

        public LinkedListNode<Entry> Place { get; }

        public HashSet<Face> Faces { get; } = [];

        public long Bytes { get; set; }
    }
}
