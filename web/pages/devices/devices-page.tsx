import { Boundary } from '../../shell/boundary.tsx'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'
import { DeviceList } from './device-list.tsx'
import { DeviceSkeleton } from './device-skeleton.tsx'
import { RecentlySignedOut } from './recently-signed-out.tsx'

export function DevicesPage() {
  return (
    <>
      <PageTitle title={text.devices.title} lead={text.devices.lead} />
      <Boundary fallback={<DeviceSkeleton />}>
        <DeviceList />
        {/* Fails by itself where only it fails; where the list does, one card is enough. */}
        <Boundary fallback={null}>
          <RecentlySignedOut />
        </Boundary>
      </Boundary>
    </>
  )
}
