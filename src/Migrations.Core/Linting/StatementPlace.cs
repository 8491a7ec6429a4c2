using System.Runtime.InteropServices;

namespace Migrations.Linting;

/// <summary>The lines of a statement; its text is not kept, because a script may be large.</summary>
/// <param name="Index">Its place among the script's statements, from 0.</param>
/// <param name="First">Its first line.</param>
/// <param name="Last">Its last line.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StatementPlace(int Index, int First, int Last);
