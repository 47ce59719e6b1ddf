package dev.ravine.core.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The zip archive that {@code torch.save} writes: one folder with a pickle, the order of bytes, and a file for each
 * storage. Entries are stored without compression, so none is larger than the archive.
 */
final class TorchArchive implements AutoCloseable {
    private static final String CONTENT = "a file of torch.save";
    private static final String PICKLE = "/data.pkl";
    private static final int LONGEST_NAME = 16;

    private final Path file;
    private final long fileBytes;
    private final ZipFile zip;
    private final String folder;

    private TorchArchive(Path file, ZipFile zip) throws IOException {
        this.file = file;
        this.fileBytes = Files.size(file);
        this.zip = zip;
        this.folder = folder(Collections.list(zip.entries()));
    }

    static TorchArchive open(Path file) throws IOException {
        ByteSource.checkRegular(file, CONTENT);
        checkBeginning(file);
        ZipFile zip = null;
        try {
            zip = new ZipFile(file.toFile());
            return new TorchArchive(file, zip);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            close(zip, e);
            throw broken(file, e);
        } catch (IOException e) {
            close(zip, e);
            throw e;
        }
    }

    private static void close(ZipFile zip, Exception failure) {
        try {
            if (zip != null) {
                zip.close();
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
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

    private String folder(List<? extends ZipEntry> entries) throws MalformedFileException {
        Set<String> names = new HashSet<>();
        String found = null;
        for (ZipEntry entry : entries) {
            String name = entry.getName();
            if (!names.add(name)) {
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
                            + names.size() + " entries; check that the right file is given");
        }
        return found;
    }

    /** The order of the bytes of all storages: little-endian unless an entry says otherwise. */
    ByteOrder byteOrder() throws IOException {
        if (zip.getEntry(folder + "/byteorder") == null) {
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
        ZipEntry entry = zip.getEntry(path);
        if (entry == null) {
            throw malformed(path, "this entry", "none of this name");
        }
        if (entry.getMethod() != ZipEntry.STORED
                || entry.getSize() != entry.getCompressedSize()
                || entry.getSize() < 0
                || entry.getSize() > Math.min(fileBytes, Integer.MAX_VALUE - 8)) {
            throw malformed(
                    path,
                    "up to 2 GiB of bytes that are not compressed, in a file of " + fileBytes,
                    entry.getSize() + " bytes, in the archive " + entry.getCompressedSize());
        }
        CRC32 crc = new CRC32();
        try (InputStream stream = new CheckedInputStream(zip.getInputStream(entry), crc)) {
            byte[] bytes = stream.readNBytes((int) entry.getSize());
            if (bytes.length < entry.getSize() || crc.getValue() != entry.getCrc()) {
                throw malformed(
                        path,
                        "data with the checksum that the archive states",
                        bytes.length + " bytes of " + entry.getSize() + " with another one");
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
        zip.close();
    }
}
