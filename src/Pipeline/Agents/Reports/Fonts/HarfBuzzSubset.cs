using System.Runtime.InteropServices;

namespace Qwen35Batch.Pipeline.Agents.Reports.Fonts;

/// <summary>
/// Cuts a font down to some characters with HarfBuzz's own subsetter, which its .NET wrapper leaves out. Skia's PDFs embed a whole font
/// of megabytes otherwise, and guess the text of a glyph that several characters share: a radical then stands for its ideograph.
/// </summary>
internal static class HarfBuzzSubset
{
    private const string Library = "libHarfBuzzSharp";
    private const int DropTables = 3;

    // Without substitutions, every glyph on a page is the glyph of a character, and so its text can be copied.
    private static readonly uint[] Dropped = [Tag("GSUB"), Tag("MATH"), Tag("DSIG"), Tag("vhea"), Tag("vmtx"), Tag("VORG")];

    /// <summary>A font of these characters, and no others, as a file.</summary>
    /// <exception cref="ReportException">HarfBuzz cannot read the font.</exception>
    public static byte[] Cut(FontFile font, IEnumerable<int> codePoints)
    {
        var input = hb_subset_input_create_or_fail();
        if (input == 0) throw new ReportException($"There is no memory to cut the font '{font.Path}' down.");
        try
        {
            var unicodes = hb_subset_input_unicode_set(input);
            foreach (var codePoint in codePoints) hb_set_add(unicodes, (uint)codePoint);
            var tables = hb_subset_input_set(input, DropTables);
            foreach (var tag in Dropped) hb_set_add(tables, tag);
            using var face = new SubsetFace(hb_subset_or_fail(font.Face.Handle, input));
            return face.IsInvalid
                ? throw new ReportException($"The font '{font.Path}' cannot be cut down; name another in Agent:ReportFonts.")
                : face.Bytes();
        }
        finally
        {
            hb_subset_input_destroy(input);
            GC.KeepAlive(font);
        }
    }

    private static uint Tag(string name) => HarfBuzzSharp.Tag.Parse(name);

    [DllImport(Library)]
    private static extern nint hb_subset_input_create_or_fail();

    [DllImport(Library)]
    private static extern void hb_subset_input_destroy(nint input);

    [DllImport(Library)]
    private static extern nint hb_subset_input_unicode_set(nint input);

    [DllImport(Library)]
    private static extern nint hb_subset_input_set(nint input, int which);

    [DllImport(Library)]
    private static extern void hb_set_add(nint set, uint value);

    [DllImport(Library)]
    private static extern nint hb_subset_or_fail(nint face, nint input);

    [DllImport(Library)]
    private static extern void hb_face_destroy(nint face);

    [DllImport(Library)]
    private static extern nint hb_face_reference_blob(nint face);

    [DllImport(Library)]
    private static extern nint hb_blob_get_data(nint blob, out uint length);

    [DllImport(Library)]
    private static extern void hb_blob_destroy(nint blob);

    private sealed class SubsetFace : SafeHandle
    {
        public SubsetFace(nint face)
            : base(0, ownsHandle: true) => SetHandle(face);

        public override bool IsInvalid => handle == 0;

        public byte[] Bytes()
        {
            var blob = hb_face_reference_blob(handle);
            try
            {
                var data = hb_blob_get_data(blob, out var length);
                var bytes = new byte[length];
                Marshal.Copy(data, bytes, 0, bytes.Length);
                return bytes;
            }
            finally
            {
                hb_blob_destroy(blob);
            }
        }

        protected override bool ReleaseHandle()
        {
            hb_face_destroy(handle);
            return true;
        }
    }
}
