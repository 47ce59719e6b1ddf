package dev.ravine.core.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;

/**
 * The zip archive that {@code torch.save} writes: one folder with a pickle, the order of bytes, and a file for each
 * storage. Entries are stored without compression, so none is larger than the archive.
 */
final class TorchArchive implements AutoCloseable {
    private static final String CONTENT = "a file of torch.save";
    private static final String PICKLE = "/data.pkl";
    private static final int LONGEST_NAME = 16;

    private final Path file;
    private final FileChannel channel;
    private final Map<String, ZipDirectory.Entry> entries = new HashMap<>();
    private final String folder;

    private TorchArchive(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.folder = folder(ZipDirectory.read(file, channel));
    }

    static TorchArchive open(Path file) throws IOException {
        ByteSource.checkRegular(file, CONTENT);
        checkBeginning(file);
        FileChannel channel = FileChannel.open(file);
        try {
            return new TorchArchive(file, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static MalformedFileException broken(Path file, Exception e) {
        String reason = Objects.requireNonNullElse(e.getMessage(), "it ends too early");
        return new MalformedFileException(
                file + ": expected the zip archive of torch.save but found a broken one (" + Quoted.of(reason) + "); "
                        + ByteSource.DAMAGED,
                e);
    }

    private static void checkBeginning(Path file) throws IOException {
        byte[] first;
        try (InputStream stream = Files.newInputStream(file)) {
            first = stream.readNBytes(2);
        }
        if (first.length == 2 && first[0] == 'P' && first[1] == 'K') {
            return;
        }
        boolean isPickle = first.length == 2 && first[0] == (byte) 0x80;
        throw new MalformedFileException(file + ": at byte 0: expected 'PK', as the zip archives of torch.save begin,"
                + " but found "
                + (isPickle ? "a bare pickle, which torch.save wrote before PyTorch 1.6" : "another file")
                + "; load it in PyTorch and save its state_dict() with torch.save, or as safetensors");
    }

    private String folder(List<ZipDirectory.Entry> directory) throws MalformedFileException {
        String found = null;
        for (ZipDirectory.Entry entry : directory) {
            String name = entry.name();
            if (entries.put(name, entry) != null) {
                throw malformed(name, "distinct names", "this one twice");
            }
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                if (found != null) {
                    throw malformed(name, "one pickle of this name", "another one in " + Quoted.of(found));
                }
                found = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (found == null) {
            throw new MalformedFileException(
                    file + ": expected an entry '.../data.pkl', as torch.save writes, but found" + " none among "
                            + entries.size() + " entries; check that the right file is given");
        }
        return found;
    }

    /** The order of the bytes of all storages: little-endian unless an entry says otherwise. */
    ByteOrder byteOrder() throws IOException {
        if (!entries.containsKey(folder + "/byteorder")) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        byte[] name = bytes("byteorder");
        String order = new String(name, 0, Math.min(name.length, LONGEST_NAME), StandardCharsets.ISO_8859_1);
        return switch (order) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw malformed(folder + "/byteorder", "'little' or 'big'", Quoted.of(order));
        };
    }

    /** The pickle that describes the tensors. */
    byte[] pickle() throws IOException {
        return bytes("data.pkl");
    }

    /** How errors call the pickle. */
    String pickleName() {
        return described(folder + PICKLE);
    }

    /** The bytes of a storage, whose number must match. */
    byte[] storage(TorchObjects.Storage storage) throws IOException {
        byte[] bytes = bytes("data/" + storage.key());
        int width = storage.type().bytes();
        if (bytes.length % width != 0 || bytes.length / width != storage.count()) {
            throw malformed(
                    folder + "/data/" + storage.key(),
                    storage.count() + " elements of " + storage.type() + ", as the pickle says,",
                    bytes.length + " bytes");
        }
        return bytes;
    }

    private byte[] bytes(String name) throws IOException {
        String path = folder + "/" + name;
        ZipDirectory.Entry entry = entries.get(path);
        if (entry == null) {
            throw malformed(path, "this entry", "none of this name");
        }
        if (entry.method() != ZipDirectory.STORED
                || entry.unpacked() != entry.packed()
                || entry.packed() > Integer.MAX_VALUE - 8) {
            throw malformed(
                    path,
                    "up to 2 GiB of bytes that are not compressed",
                    entry.unpacked() + " bytes, in the archive " + entry.packed());
        }
        CRC32 crc = new CRC32();
        try (InputStream stream = new CheckedInputStream(ZipEntryStream.open(channel, entry), crc)) {
            byte[] bytes = stream.readNBytes((int) entry.packed());
            if (bytes.length < entry.packed() || crc.getValue() != entry.crc()) {
                throw malformed(
                        path,
                        "data with the checksum that the archive states",
                        bytes.length + " bytes of " + entry.packed() + " with another one");
            }
            return bytes;
        } catch (ZipException | EOFException e) {
            throw broken(file, e);
        }
    }

    private String described(String entry) {
        return file + ", entry " + Quoted.of(entry);
    }

    private MalformedFileException malformed(String entry, String expected, String found) {
        return new MalformedFileException(described(entry) + ": expected " + expected + " but found " + found + "; "
                + ByteSource.DAMAGED + ", or save it with torch.save once more");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
